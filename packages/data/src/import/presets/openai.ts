import { isFields, unpacked, type Fields } from '../paths.js';
import { answering } from './answering.js';
import {
  at,
  byRole,
  flagsIn,
  has,
  measuredByRole,
  namedScores,
  numberOf,
  scoresIn,
  unlessChat,
  type Preset,
} from './preset.js';
import { tokensOf } from './usage.js';

type Reader = readonly [name: string, read: (record: Fields) => unknown];
const readers = (...names: readonly string[]): readonly Reader[] => names.map((name) => [name, at(name)]);

const REQUESTS = /* @__PURE__ */ readers(
  ...['request.body', 'request', 'request_body', 'requestBody', 'body', 'req', 'input', 'params'],
);
const RESPONSES = /* @__PURE__ */ readers(
  ...['response.body', 'response', 'response_body', 'responseBody', 'res', 'output', 'completion'],
);
const ask = /* @__PURE__ */ at('messages', 'input', 'prompt', 'contents');
const usage = /* @__PURE__ */ at('usage', 'usageMetadata');
const id = /* @__PURE__ */ at('custom_id', 'request_id', 'id', 'trace_id');
const scores = /* @__PURE__ */ at('scores', 'metadata.scores', 'metadata.requester_metadata.scores');
/** What people and judges said, as objects. */
const OPINIONS = /* @__PURE__ */ readers(
  ...['evaluation', 'feedback', 'user_feedback', 'metadata.feedback', 'metadata.user_feedback', 'metadata'],
);
const status = /* @__PURE__ */ at('response.status_code', 'status_code', 'http_status', 'status');
const kind = /* @__PURE__ */ at('url', 'path', 'endpoint', 'request_path');
/** An answer of the API for embeddings is a list of them. */
const kindOfResponse = /* @__PURE__ */ at('data.object');
const error = /* @__PURE__ */ at('error', 'response.error', 'response.body.error');

function partOf(record: Fields, places: readonly Reader[], isOne: (part: Fields) => boolean): Fields | undefined {
  for (const [, read] of places) {
    const part = unpacked(read(record));
    if (isFields(part) && isOne(part)) return part;
  }
  return isOne(record) ? record : undefined;
}
const requestOf = (record: Fields) =>
  partOf(record, REQUESTS, (part) => ask(part) !== undefined && (has(part, 'model') || has(part, 'messages')));
const responseOf = (record: Fields) =>
  partOf(
    record,
    RESPONSES,
    (part) => has(part, 'choices') || has(part, 'usage') || (has(part, 'object') && has(part, 'output')),
  );

/** Scores beside the request and the response, and in what says more of them. */
function scoresOf(record: Fields): Fields {
  const said = OPINIONS.map(([name, read]) => scoresIn(read(record), name));
  return Object.assign({}, scoresIn(record), namedScores(scores(record)), ...said) as Fields;
}

/** The server gave no answer, and the log says that this is why. */
function isFailed(record: Fields): boolean {
  const code = numberOf(status(record));
  if (code !== undefined && code >= 400) return true;
  if (responseOf(record) !== undefined) return false;
  return (
    error(record) !== undefined ||
    Object.values(flagsIn(record)).some((flag) => /^(?:false|0|no|failed)$/i.test(String(flag))) ||
    /^(?:error|failed|failure|timeout)$/i.test(String(status(record)))
  );
}

/**
 * Logs of requests and responses in the shape of OpenAI's API (Chat Completions and Responses, also as gateways and the Batch API keep
 * them): a request with `model` and `messages`, a response with `choices` or `usage`, as fields of one record or one within the
 * other. Scores stand beside them, or come from a second file.
 */
export const openAiLogs: Preset = {
  name: 'openai',
  title: 'requests and responses of an OpenAI-style API',
  records: ['', 'data'],
  reads: {
    ...{
      query: 'request.messages',
      model: 'request.model, or what answered instead',
      score: 'what beside them is named like a score',
    },
    ...{ inputTokens: 'response.usage', outputTokens: 'response.usage', cost: 'cost', latency: 'latency', id: 'id' },
    ...{ time: 'created', task: 'task or metadata' },
  },
  ownScores: true,
  recognise: (record) => requestOf(record) !== undefined && responseOf(record) !== undefined,
  calls(record) {
    if (isFailed(record)) return { skipped: 'failed requests' };
    const request = requestOf(record) ?? record;
    const response = responseOf(record) ?? record;
    const other = unlessChat(kind(record) ?? kindOfResponse(response));
    if (other !== undefined) return other;
    return [
      {
        query: ask(request),
        ...answering(request['model'] ?? record['model'], response['model']),
        scores: scoresOf(record),
        flags: flagsIn(record),
        cost: measuredByRole(record, 'cost') ?? measuredByRole(response['usage'], 'cost'),
        latency: measuredByRole(record, 'latency'),
        ...tokensOf(usage(response)),
        id: id(record) ?? id(response),
        time: byRole(record, 'time') ?? response['created'] ?? response['created_at'],
        task: byRole(record, 'task') ?? byRole(unpacked(record['metadata']), 'task'),
      },
    ];
  },
  joins: [
    ['request_id', 'request_id'],
    ['custom_id', 'custom_id'],
    ['id', 'id'],
    ['id', 'request_id'],
    ['response.id', 'id'],
    ['response.id', 'request_id'],
  ],
  hints: {
    score: 'Give the file that holds them with --scores FILE --join COLUMN, or name their field with --score PATH.',
  },
};
