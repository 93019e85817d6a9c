import type { ServedWire } from '../../contracts/wire.js';
import { RECORDINGS, type RecordedAnswer } from '../recordings.js';

/** What recordings call: `multiply` with these. */
export const CALLED = { name: 'multiply', input: { a: 17, b: 3 } };
const PIECES = ['{"a":17,', '"b":3}'];
const TEXT = PIECES.join('');

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const named = (data: { type: string; [member: string]: unknown }) => `event: ${data.type}\n${event(data)}`;
const usageOf = (wire: ServedWire) => RECORDINGS[wire].answer['usage'];

function chat(): RecordedAnswer {
  const chunk = (delta: object, finish: string | null = null) =>
    event({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'small-1',
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  const opening = { index: 0, id: 'call_1', type: 'function', function: { name: CALLED.name, arguments: '' } };
  const call = { id: 'call_1', type: 'function', function: { name: CALLED.name, arguments: TEXT } };
  const message = { role: 'assistant', content: null, tool_calls: [call] };
  return {
    events: [
      chunk({ role: 'assistant', content: null, tool_calls: [opening] }),
      ...PIECES.map((piece) => chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
      chunk({}, 'tool_calls'),
      event({
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'small-1',
        choices: [],
        usage: usageOf('chat'),
      }),
      'data: [DONE]\n\n',
    ],
    answer: { ...RECORDINGS.chat.answer, choices: [{ index: 0, message, finish_reason: 'tool_calls' }] },
  };
}

function messages(): RecordedAnswer {
  const block = { type: 'tool_use', id: 'call_1', name: CALLED.name };
  return {
    events: [
      RECORDINGS.messages.events[0]!,
      named({ type: 'content_block_start', index: 0, content_block: { ...block, input: {} } }),
      ...PIECES.map((piece) =>
        named({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: piece } }),
      ),
      named({ type: 'content_block_stop', index: 0 }),
      named({
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 6 },
      }),
      named({ type: 'message_stop' }),
    ],
    answer: { ...RECORDINGS.messages.answer, content: [{ ...block, input: CALLED.input }], stop_reason: 'tool_use' },
  };
}

function responses(): RecordedAnswer {
  const item = { id: 'fc1', type: 'function_call', call_id: 'call_1', name: CALLED.name };
  const done = { ...item, arguments: TEXT, status: 'completed' };
  const whole = { ...RECORDINGS.responses.answer, output: [done] };
  const at = { item_id: 'fc1', output_index: 0 };
  const events = [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '', status: 'in_progress' } },
    ...PIECES.map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
    { type: 'response.function_call_arguments.done', ...at, name: CALLED.name, arguments: TEXT },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: whole },
  ];
  return { events: events.map((data, i) => named({ ...data, sequence_number: i })), answer: whole };
}

/** An answer that calls the tool, on each wire. */
export const TOOL_CALLS: Readonly<Record<ServedWire, RecordedAnswer>> = {
  chat: chat(),
  messages: messages(),
  responses: responses(),
};
