import { readUsage } from '@routeprofile/providers';
import {
  eventText,
  fieldsOf,
  isFields,
  isSaid,
  itemsOf,
  jsonOf,
  jsonOfType,
  limitOf,
  openAiError,
  wrote,
  type AnswerState,
  type Fields,
  type StreamReader,
  type WireFormat,
} from './format.js';
import { withMember } from './json-text.js';

/** What a delta or a message says; the same members in both. */
function readMessage(state: AnswerState, message: Fields): boolean {
  const { content, refusal, tool_calls: tools, function_call: call, audio, images } = message;
  // Servers have two names for what a model thinks aloud.
  let said = wrote(state, content, refusal, message['reasoning_content'], message['reasoning']);
  for (const part of itemsOf(content)) if (wrote(state, fieldsOf(part)['text'])) said = true;
  for (const one of itemsOf(tools)) if (readCall(state, fieldsOf(one)['function'] ?? one)) said = true;
  if (readCall(state, call)) said = true;
  if (isFields(audio) || itemsOf(images).length > 0) state.content = said = true;
  return said;
}

/** A call of a tool, as far as it has come. */
function readCall(state: AnswerState, call: unknown): boolean {
  if (!isFields(call)) return false;
  wrote(state, call['name'], call['arguments']);
  return (state.content = true);
}

function readFinish(state: AnswerState, reason: unknown): boolean {
  if (typeof reason !== 'string') return false;
  state.finish = reason === 'stop' ? 'plain' : 'other';
  return true;
}

/** Some servers say with the last chunk alone that the answer broke off; most clients take it for whole then. */
const endsInError = (choices: readonly unknown[]): boolean =>
  choices.some((one) => fieldsOf(one)['finish_reason'] === 'error');

/** What an event says is wrong, as JSON with `error`. */
const errorIn = (data: string): string =>
  fieldsOf(jsonOf({ name: '', data }))['error'] ? data : JSON.stringify({ error: { message: 'finish_reason: error' } });

function openStream(usageWanted: boolean): StreamReader {
  const state: AnswerState = { writtenBytes: 0, content: false };
  const open = new Set<unknown>();
  let finished = 0;
  let repaired: string | undefined;
  return {
    state,
    // vLLM is said to send `choices: null` with the usage; OpenAI's own client and the AI SDK stop at it.
    instead: () => repaired,
    read(event) {
      repaired = undefined;
      if (event.data === '[DONE]') return 'end';
      const chunk = jsonOf(event);
      if (chunk === undefined) return 'malformed';
      if (isFields(chunk['error']) || typeof chunk['error'] === 'string') return 'error';
      const usage = isFields(chunk['usage']) ? readUsage('chat', chunk['usage']) : undefined;
      if (usage) state.usage = usage;
      const choices = itemsOf(chunk['choices']);
      if (endsInError(choices)) return 'error';
      if (chunk['choices'] === null) repaired = `data: ${withMember(event.data, 'choices', '[]')}\n\n`;
      let content = false;
      for (const one of choices) {
        const choice = fieldsOf(one);
        const { index = 0 } = choice;
        open.add(index);
        if (readMessage(state, fieldsOf(choice['delta']))) content = true;
        if (readFinish(state, choice['finish_reason']) && open.delete(index)) finished++;
      }
      if (content) return 'content';
      return usage && choices.length === 0 && !usageWanted ? 'ours' : 'other';
    },
    ending: () => (finished > 0 && open.size === 0 ? 'data: [DONE]\n\n' : undefined),
  };
}

/**
 * Most tokens of an answer, by both names that chat has for it. Some servers know only one of them, so that the larger counts, and where one
 * sets no limit there may be none.
 */
function maxOutputOf(newer: unknown, older: unknown): number | undefined {
  if (newer === undefined || newer === null) return limitOf(older);
  const limit = limitOf(newer);
  if (older === undefined || older === null || limit === undefined) return limit;
  const other = limitOf(older);
  return other && Math.max(limit, other);
}

const wantsUsage = (body: Fields): boolean => fieldsOf(body['stream_options'])['include_usage'] === true;

/** OpenAI's chat completions. */
export const chatWire: WireFormat = {
  wire: 'chat',
  path: 'chat/completions',
  keyHeader: 'authorization',
  asked(body) {
    const { messages, tools, functions, response_format: format, prediction, n } = body;
    return {
      turns: messages,
      instructions: [],
      said: [messages, prediction],
      read: [messages, tools, functions, format, prediction],
      tools: itemsOf(tools).length + itemsOf(functions).length > 0,
      json: jsonOfType(fieldsOf(format)['type']),
      logprobs: body['logprobs'] === true,
      reasoning: isSaid(body['reasoning_effort']),
      maxOutput: maxOutputOf(body['max_completion_tokens'], body['max_tokens']),
      choices: Math.max(1, limitOf(n) ?? 1),
      usage: wantsUsage(body),
    };
  },
  askingForUsage(text, body) {
    if (body['stream'] !== true || wantsUsage(body)) return text;
    const options = { ...fieldsOf(body['stream_options']), include_usage: true };
    return withMember(text, 'stream_options', JSON.stringify(options));
  },
  openStream,
  errorIn,
  readAnswer(answer) {
    const { choices, usage } = fieldsOf(answer);
    if (!Array.isArray(choices) || choices.length === 0 || endsInError(choices)) return undefined;
    const counted = readUsage('chat', usage);
    const state: AnswerState = { writtenBytes: 0, content: false, ...(counted && { usage: counted }) };
    for (const choice of choices.map(fieldsOf)) {
      readMessage(state, fieldsOf(choice['message']));
      wrote(state, choice['text']);
      readFinish(state, choice['finish_reason']);
    }
    return state;
  },
  errorBody: (complaint) => JSON.stringify(openAiError(complaint)),
  errorEvent: (complaint) => eventText(openAiError(complaint)),
};
