import type { Usage } from '@routeprofile/schema';
import type { ServedWire } from '../contracts/wire.js';

/** What a well-behaved server of a wire sends to say these words. */
export interface RecordedAnswer {
  /** The events of the stream; the last one ends it. */
  events: readonly string[];
  /** The whole answer, where it is not streamed. */
  answer: Readonly<Record<string, unknown>>;
}

/** One conversation on a wire. */
export interface Recording extends RecordedAnswer {
  /** The request, without `stream`. */
  request: Readonly<Record<string, unknown>>;
  /** Which event brings the first content. */
  firstContent: number;
  /** All that either form took. */
  usage: Usage;
}

const event = (data: object, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
const named = (data: { type: string; [member: string]: unknown }) => event(data, data.type);

const chunk = (choices: readonly object[], more: object = {}) =>
  event({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'small-1', choices, ...more });
const delta = (content: object, finish: string | null = null) => [{ index: 0, delta: content, finish_reason: finish }];
const chatUsage = {
  prompt_tokens: 20,
  completion_tokens: 6,
  total_tokens: 26,
  prompt_tokens_details: { cached_tokens: 8 },
};
const saidOnChat = (words: readonly string[]): RecordedAnswer => ({
  events: [
    chunk(delta({ role: 'assistant', content: '' })),
    ...words.map((content) => chunk(delta({ content }))),
    chunk(delta({}, 'stop')),
    chunk([], { usage: chatUsage }),
    'data: [DONE]\n\n',
  ],
  answer: {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'small-1',
    choices: [{ index: 0, message: { role: 'assistant', content: words.join('') }, finish_reason: 'stop' }],
    usage: chatUsage,
  },
});

const messagesUsage = { input_tokens: 12, cache_read_input_tokens: 8, cache_creation_input_tokens: 0 };
const message = { id: 'm1', type: 'message', role: 'assistant', model: 'small-1' };
const saidOnMessages = (words: readonly string[]): RecordedAnswer => ({
  events: [
    named({
      type: 'message_start',
      message: { ...message, content: [], usage: { ...messagesUsage, output_tokens: 1 } },
    }),
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    named({ type: 'ping' }),
    ...words.map((text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    named({ type: 'content_block_stop', index: 0 }),
    named({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 6 },
    }),
    named({ type: 'message_stop' }),
  ],
  answer: {
    ...message,
    content: [{ type: 'text', text: words.join('') }],
    stop_reason: 'end_turn',
    usage: { ...messagesUsage, output_tokens: 6 },
  },
});

const responsesUsage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 6,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 26,
};
const response = (status: string, more: object = {}) => ({
  id: 'r1',
  object: 'response',
  created_at: 1,
  model: 'small-1',
  status,
  output: [],
  ...more,
});
const saidOnResponses = (words: readonly string[]): RecordedAnswer => {
  const text = words.join('');
  const item = { id: 'i1', type: 'message', role: 'assistant' };
  const at = { item_id: 'i1', output_index: 0, content_index: 0 };
  const done = { ...item, status: 'completed', content: [{ type: 'output_text', text, annotations: [] }] };
  const whole = response('completed', { error: null, output: [done], usage: responsesUsage });
  const events = [
    { type: 'response.created', response: response('in_progress') },
    { type: 'response.in_progress', response: response('in_progress') },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: { type: 'output_text', text: '', annotations: [] } },
    ...words.map((word) => ({ type: 'response.output_text.delta', ...at, delta: word })),
    { type: 'response.output_text.done', ...at, text },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: whole },
  ];
  return { events: events.map((data, i) => named({ ...data, sequence_number: i })), answer: whole };
};

const SAID = { chat: saidOnChat, messages: saidOnMessages, responses: saidOnResponses };

/** What a server of a wire sends to say these words, one event for each; it bills the same for whatever it says. */
export const recordedAnswer = (wire: ServedWire, words: readonly string[]): RecordedAnswer => SAID[wire](words);

const WORDS = ['Seventeen', ' times', ' three', ' is', ' 51.'];
const QUESTION = 'What is 17 * 3?';
const usage: Usage = { uncachedInput: 12, cacheRead: 8, cacheWrite: 0, output: 6 };
const asked = [{ role: 'user', content: QUESTION }];

/** One conversation on each wire, as their servers stream it: five events of content, and those around them. */
export const RECORDINGS: Readonly<Record<ServedWire, Recording>> = {
  chat: { request: { model: 'auto', messages: asked }, firstContent: 1, usage, ...saidOnChat(WORDS) },
  messages: {
    request: { model: 'auto', max_tokens: 100, messages: asked },
    firstContent: 3,
    usage,
    ...saidOnMessages(WORDS),
  },
  responses: {
    request: { model: 'auto', input: [{ role: 'user', content: [{ type: 'input_text', text: QUESTION }] }] },
    firstContent: 4,
    usage: { ...usage, reasoning: 0 },
    ...saidOnResponses(WORDS),
  },
};
