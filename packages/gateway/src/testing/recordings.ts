import type { Usage } from '@routeprofile/schema';
import type { ServedWire } from '../contracts/wire.js';

/** What a well-behaved server of a wire sends: one request, and the answer to it in both forms. */
export interface Recording {
  /** The request, without `stream`. */
  request: Readonly<Record<string, unknown>>;
  /** The events of the stream; the last one ends it. */
  events: readonly string[];
  /** Which event brings the first content. */
  firstContent: number;
  /** The whole answer. */
  answer: Readonly<Record<string, unknown>>;
  /** All that either took. */
  usage: Usage;
}

const event = (data: object, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;

const WORDS = ['Seventeen', ' times', ' three', ' is', ' 51.'];
const TEXT = WORDS.join('');
const QUESTION = 'What is 17 * 3?';

const chunk = (choices: readonly object[], more: object = {}) =>
  event({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'small-1', choices, ...more });
const delta = (content: object, finish: string | null = null) => [{ index: 0, delta: content, finish_reason: finish }];
const chatUsage = {
  prompt_tokens: 20,
  completion_tokens: 6,
  total_tokens: 26,
  prompt_tokens_details: { cached_tokens: 8 },
};

const chat: Recording = {
  request: { model: 'auto', messages: [{ role: 'user', content: QUESTION }] },
  events: [
    chunk(delta({ role: 'assistant', content: '' })),
    ...WORDS.map((content) => chunk(delta({ content }))),
    chunk(delta({}, 'stop')),
    chunk([], { usage: chatUsage }),
    'data: [DONE]\n\n',
  ],
  firstContent: 1,
  answer: {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'small-1',
    choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }],
    usage: chatUsage,
  },
  usage: { uncachedInput: 12, cacheRead: 8, cacheWrite: 0, output: 6 },
};

const named = (data: { type: string; [member: string]: unknown }) => event(data, data.type);
const messagesUsage = { input_tokens: 12, cache_read_input_tokens: 8, cache_creation_input_tokens: 0 };

const messages: Recording = {
  request: { model: 'auto', max_tokens: 100, messages: [{ role: 'user', content: QUESTION }] },
  events: [
    named({
      type: 'message_start',
      message: {
        id: 'm1',
        type: 'message',
        role: 'assistant',
        content: [],
        usage: { ...messagesUsage, output_tokens: 1 },
      },
    }),
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    named({ type: 'ping' }),
    ...WORDS.map((text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    named({ type: 'content_block_stop', index: 0 }),
    named({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 6 },
    }),
    named({ type: 'message_stop' }),
  ],
  firstContent: 3,
  answer: {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'small-1',
    content: [{ type: 'text', text: TEXT }],
    stop_reason: 'end_turn',
    usage: { ...messagesUsage, output_tokens: 6 },
  },
  usage: { uncachedInput: 12, cacheRead: 8, cacheWrite: 0, output: 6 },
};

const responsesUsage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 6,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 26,
};
const item = { id: 'i1', type: 'message', role: 'assistant' };
const done = { ...item, status: 'completed', content: [{ type: 'output_text', text: TEXT, annotations: [] }] };
const response = (status: string, more: object = {}) => ({ id: 'r1', object: 'response', status, output: [], ...more });
const whole = response('completed', { output: [done], usage: responsesUsage });

const responses: Recording = {
  request: { model: 'auto', input: [{ role: 'user', content: [{ type: 'input_text', text: QUESTION }] }] },
  events: [
    { type: 'response.created', response: response('in_progress') },
    { type: 'response.in_progress', response: response('in_progress') },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    { type: 'response.content_part.added', item_id: 'i1', part: { type: 'output_text', text: '' } },
    ...WORDS.map((text) => ({ type: 'response.output_text.delta', item_id: 'i1', delta: text })),
    { type: 'response.output_text.done', item_id: 'i1', text: TEXT },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: whole },
  ].map((data, sequence_number) => named({ ...data, sequence_number })),
  firstContent: 4,
  answer: whole,
  usage: { uncachedInput: 12, cacheRead: 8, cacheWrite: 0, output: 6, reasoning: 0 },
};

/** One conversation on each wire, as their servers stream it. */
export const RECORDINGS: Readonly<Record<ServedWire, Recording>> = { chat, messages, responses };
