import { readUsage } from '@routeprofile/providers';
import {
  eventText,
  fieldsOf,
  isFields,
  isSaid,
  itemsOf,
  jsonOf,
  textOf,
  jsonOfType,
  limitOf,
  wrote,
  type AnswerState,
  type Complaint,
  type Fields,
  type StreamReader,
  type WireFormat,
} from './format.js';
import { withMember } from './json-text.js';

/** Texts of a block or a delta. What a block signs is not one. */
const TEXTS = ['text', 'thinking', 'partial_json', 'data'];
/** Blocks that begin empty and are content only once their deltas come. */
const BEGIN_EMPTY = new Set(['text', 'thinking']);

function readBlock(state: AnswerState, block: Fields): boolean {
  const said = wrote(state, ...TEXTS.map((name) => block[name]));
  if (typeof block['name'] === 'string') wrote(state, block['name']);
  if (isFields(block['input']) && Object.keys(block['input']).length > 0) wrote(state, JSON.stringify(block['input']));
  const whole = typeof block['type'] === 'string' && !BEGIN_EMPTY.has(block['type']);
  if (whole) state.content = true;
  return said || whole;
}

function readStop(state: AnswerState, reason: unknown): void {
  if (typeof reason === 'string')
    state.finish = reason === 'end_turn' || reason === 'stop_sequence' ? 'plain' : 'other';
}

/** Later counts stand for all so far; those that are absent or null say nothing. */
const mergedUsage = (before: Fields, later: unknown): Fields => ({
  ...before,
  ...Object.fromEntries(Object.entries(fieldsOf(later)).filter(([, value]) => value !== null)),
});

function openStream(): StreamReader {
  const state: AnswerState = { writtenBytes: 0, content: false };
  let counts: Fields = {};
  const count = (usage: unknown) => {
    counts = mergedUsage(counts, usage);
    const read = readUsage('messages', counts);
    if (read) state.usage = read;
  };
  return {
    state,
    read(event) {
      const said = jsonOf(event);
      if (said === undefined) return 'malformed';
      switch (said['type']) {
        case 'error':
          return 'error';
        case 'message_stop':
          return 'end';
        case 'message_start':
          count(fieldsOf(said['message'])['usage']);
          return 'other';
        case 'message_delta':
          readStop(state, fieldsOf(said['delta'])['stop_reason']);
          count(said['usage']);
          return 'other';
        case 'content_block_start':
          return readBlock(state, fieldsOf(said['content_block'])) ? 'content' : 'other';
        case 'content_block_delta': {
          const { type: _, ...delta } = fieldsOf(said['delta']);
          return readBlock(state, delta) ? 'content' : 'other';
        }
        default:
          return isFields(said['error']) ? 'error' : 'other';
      }
    },
    ending: () => undefined,
  };
}

function errorType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 403:
      return 'permission_error';
    case 404:
      return 'not_found_error';
    case 413:
      return 'request_too_large';
    case 429:
      return 'rate_limit_error';
    case 503:
    case 529:
      return 'overloaded_error';
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error';
  }
}

// The wire has no member for codes, so the text begins with it where programs may look for it.
const errorOf = ({ status, code, message }: Complaint) => ({
  type: 'error',
  error: { type: errorType(status), message: `${code}: ${message}` },
});

/** What Claude Code says to the model before and beside the user's words, in texts of their own. */
const REMINDER = /^\s*<system-reminder>[^]*<\/system-reminder>\s*$/;

/** A turn without texts that are the client's and not the user's: they would hide the question from the router. */
function withoutReminders(turn: unknown): unknown {
  const { content } = fieldsOf(turn);
  if (!Array.isArray(content)) return turn;
  return { ...fieldsOf(turn), content: content.filter((block) => !REMINDER.test(textOf(fieldsOf(block)['text']))) };
}

/** Blocks that hold what a model thought, signed by whoever ran it. */
const REASONING = new Set<unknown>(['thinking', 'redacted_thinking']);

/** Anthropic's messages. */
export const messagesWire: WireFormat = {
  wire: 'messages',
  path: 'messages',
  keyHeader: 'x-api-key',
  asked(body) {
    const { messages, system, tools, max_tokens: limit } = body;
    const formats = [fieldsOf(body['output_config'])['format'], body['output_format']];
    return {
      turns: Array.isArray(messages) ? messages.map(withoutReminders) : messages,
      instructions: [system],
      said: [messages, system],
      read: [messages, system, tools],
      tools: itemsOf(tools).length > 0,
      json: formats.map((format) => jsonOfType(fieldsOf(format)['type'])).find((json) => json !== undefined),
      logprobs: false,
      reasoning: isSaid(fieldsOf(body['thinking'])['type'], 'disabled'),
      maxOutput: limitOf(limit),
      choices: 1,
      usage: true,
    };
  },
  askingForUsage: (text) => text,
  withoutReasoning(text, { messages }) {
    let found = false;
    const kept = itemsOf(messages).flatMap((message) => {
      const { content } = fieldsOf(message);
      if (!Array.isArray(content)) return [message];
      const others = content.filter((block) => !REASONING.has(fieldsOf(block)['type']));
      found ||= others.length < content.length;
      // A turn without content is refused.
      return others.length === 0 ? [] : [{ ...fieldsOf(message), content: others }];
    });
    return found ? withMember(text, 'messages', JSON.stringify(kept)) : undefined;
  },
  openStream,
  errorIn: (data) => data,
  readAnswer(answer) {
    const { content, stop_reason: reason, usage } = fieldsOf(answer);
    if (!Array.isArray(content)) return undefined;
    const counted = readUsage('messages', usage);
    const state: AnswerState = { writtenBytes: 0, content: false, ...(counted && { usage: counted }) };
    for (const block of content) readBlock(state, fieldsOf(block));
    readStop(state, reason);
    return state;
  },
  errorBody: (complaint) => JSON.stringify(errorOf(complaint)),
  errorEvent: (complaint) => eventText(errorOf(complaint), 'error'),
};
