import { isFields, unpacked, type Fields } from '../paths.js';
import { at, has } from './preset.js';

/** A place in a record, and how to read it. */
type Place = readonly [name: string, read: (record: Fields) => unknown];
export const places = (...names: readonly string[]): readonly Place[] => names.map((name) => [name, at(name)]);

const REQUESTS = /* @__PURE__ */ places(
  ...['request.body', 'request', 'request_body', 'requestBody', 'body', 'req', 'input', 'params'],
);
const RESPONSES = /* @__PURE__ */ places(
  ...['response.body', 'response', 'response_body', 'responseBody', 'res', 'output', 'completion', 'result.message'],
);
/** What a request asks: text or messages. */
export const questionOf = /* @__PURE__ */ at('messages', 'input', 'prompt', 'contents');

/** The request to a model that a record holds, or is. */
export const requestOf = (record: Fields): Fields | undefined =>
  partOf(record, REQUESTS, (part) => questionOf(part) !== undefined && (has(part, 'model') || has(part, 'messages')));

/** The response of a model that a record holds, or is; of a streamed one what its pieces say together. */
export const responseOf = (record: Fields): Fields | undefined =>
  partOf(
    record,
    RESPONSES,
    (part) => has(part, 'choices') || has(part, 'usage') || (has(part, 'object') && has(part, 'output')),
  );

/** Whether a record has a place for a response, be it empty. */
export const keepsResponses = (record: Fields): boolean =>
  RESPONSES.some(([name]) => has(record, name)) || isFields(record['result']);

function partOf(record: Fields, from: readonly Place[], isOne: (part: Fields) => boolean): Fields | undefined {
  for (const [, read] of from) {
    const part = whole(unpacked(read(record)));
    if (isFields(part) && isOne(part)) return part;
  }
  return isOne(record) ? record : undefined;
}

/** A chunk of a chat completion, or an event of OpenAI's responses and Anthropic's messages. */
const isChunk = (value: unknown): value is Fields =>
  isFields(value) &&
  (String(value['object']).endsWith('.chunk') ||
    delta(value) !== undefined ||
    /^(?:response\.|message_|content_block_)/.test(String(value['type'])));
const delta = /* @__PURE__ */ at('choices.delta');

/** What the chunks of a stream, in a list or as the text of its events, say of the answer beside its text; any other value as it is. */
function whole(value: unknown): unknown {
  const chunks = Array.isArray(value)
    ? (value as unknown[])
    : typeof value === 'string' && /^(?:data|event):/.test(value)
      ? [...value.matchAll(/^data:\s*(\{.*\})\s*$/gm)].map(([, json]) => unpacked(json))
      : [];
  if (!chunks.some(isChunk)) return value;
  const answer: Record<string, unknown> = { choices: [] };
  let usage: Fields | undefined;
  for (const chunk of chunks.filter(isFields)) {
    const part = [chunk['response'], chunk['message']].find(isFields) ?? chunk;
    for (const name of ['id', 'created', 'created_at', 'model']) answer[name] ??= part[name];
    // Anthropic begins with what was read, and ends with what was written.
    for (const one of [part['usage'], chunk['usage']]) if (isFields(one)) usage = { ...usage, ...one };
  }
  return usage === undefined ? answer : { ...answer, usage };
}
