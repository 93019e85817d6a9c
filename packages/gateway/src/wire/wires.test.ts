import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SERVED_WIRES, type ServedWire } from '../contracts/wire.js';
import { createEventScanner } from '../sse/scanner.js';
import { RECORDINGS } from '../testing/recordings.js';
import { byteLength, eventText, type EventMeaning } from './format.js';
import { WIRES } from './formats.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What a stream means, event by event, and what it has said at its end. */
function read(wire: ServedWire, text: string, usageWanted = true) {
  const reader = WIRES[wire].openStream(usageWanted);
  const meanings = createEventScanner()
    .push(bytesOf(text))
    .flatMap(({ event }) => (event ? [reader.read(event)] : []));
  return { meanings, state: reader.state, ending: reader.ending() };
}
const chunk = (...choices: object[]) => eventText({ object: 'chat.completion.chunk', choices });
const say = (delta: object, finish: string | null = null, index = 0) => ({ index, delta, finish_reason: finish });
const typed = (type: string, more: object = {}) => eventText({ type, ...more }, type);

describe.each(SERVED_WIRES)('a stream of %s', (wire) => {
  const { events, firstContent, usage, answer } = RECORDINGS[wire];

  it('brings content, then ends; what it took is read', () => {
    const { meanings, state } = read(wire, events.join(''));
    expect(meanings.indexOf('content')).toBe(firstContent);
    expect(meanings.filter((meaning) => meaning === 'end')).toHaveLength(1);
    expect(meanings.at(-1)).toBe('end');
    expect(state).toMatchObject({ usage, content: true, finish: 'plain', writtenBytes: 28 });
  });

  it('says the same as the whole answer', () => {
    expect(WIRES[wire].readAnswer(answer)).toEqual(read(wire, events.join('')).state);
  });

  it('tells errors and what is not JSON', () => {
    const error = WIRES[wire].errorEvent({ status: 502, code: 'upstream_cut', message: 'gone' });
    expect(read(wire, error).meanings).toEqual(['error']);
    expect(read(wire, 'data: {"half":\n\n').meanings).toEqual(['malformed']);
    expect(WIRES[wire].readAnswer({})).toBeUndefined();
    expect(WIRES[wire].readAnswer([])).toBeUndefined();
  });
});

describe('content', () => {
  it.each<[string, ServedWire, string, EventMeaning]>([
    ['a role', 'chat', chunk(say({ role: 'assistant', content: '' })), 'other'],
    ['reasoning', 'chat', chunk(say({ reasoning_content: 'Hm' })), 'content'],
    ['reasoning by its other name', 'chat', chunk(say({ reasoning: 'Hm' })), 'content'],
    ['a refusal', 'chat', chunk(say({ refusal: 'No' })), 'content'],
    [
      'a tool call',
      'chat',
      chunk(say({ tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '' } }] })),
      'content',
    ],
    ['no choices', 'chat', eventText({ choices: null }), 'other'],
    [
      'a text block that begins',
      'messages',
      typed('content_block_start', { content_block: { type: 'text', text: '' } }),
      'other',
    ],
    [
      'thinking',
      'messages',
      typed('content_block_delta', { delta: { type: 'thinking_delta', thinking: 'Hm' } }),
      'content',
    ],
    [
      'a signature',
      'messages',
      typed('content_block_delta', { delta: { type: 'signature_delta', signature: 'x' } }),
      'other',
    ],
    [
      'a tool use',
      'messages',
      typed('content_block_start', { content_block: { type: 'tool_use', name: 'f', input: {} } }),
      'content',
    ],
    [
      'hidden thinking',
      'messages',
      typed('content_block_start', { content_block: { type: 'redacted_thinking', data: 'x' } }),
      'content',
    ],
    ['a ping', 'messages', typed('ping'), 'other'],
    ['a summary of reasoning', 'responses', typed('response.reasoning_summary_text.delta', { delta: 'Hm' }), 'content'],
    ['an empty delta', 'responses', typed('response.output_text.delta', { delta: '' }), 'other'],
    [
      'a function call',
      'responses',
      typed('response.output_item.added', { item: { type: 'function_call', name: 'f' } }),
      'content',
    ],
    ['a message that begins', 'responses', typed('response.output_item.added', { item: { type: 'message' } }), 'other'],
    [
      'a failure',
      'responses',
      typed('response.failed', { response: { status: 'failed', error: { code: 'server_error' } } }),
      'error',
    ],
    ['an event without a type', 'responses', eventText({ delta: 'x' }, 'response.output_text.delta'), 'content'],
  ])('of %s (%s)', (_, wire, text, meaning) => {
    expect(read(wire, text).meanings).toEqual([meaning]);
  });
});

describe('a chat stream', () => {
  it('hides usage that the client did not ask for, and reads it', () => {
    const { events } = RECORDINGS.chat;
    const { meanings, state } = read('chat', events.join(''), false);
    expect(meanings.at(-2)).toBe('ours');
    expect(state.usage).toEqual(RECORDINGS.chat.usage);
  });

  it('is whole without [DONE] once every choice has finished', () => {
    const half = chunk(say({ content: 'a' }), say({ content: 'b' }, null, 1)) + chunk(say({}, 'stop'));
    expect(read('chat', half).ending).toBeUndefined();
    expect(read('chat', half + chunk(say({}, 'length', 1))).ending).toBe('data: [DONE]\n\n');
    expect(read('chat', '').ending).toBeUndefined();
  });

  it('has a list of choices in every chunk, as clients need one', () => {
    const reader = WIRES.chat.openStream(true);
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    expect(reader.read({ name: '', data: JSON.stringify({ choices: null, usage }) })).toBe('other');
    expect(reader.instead?.()).toBe(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
    reader.read({ name: '', data: '{"choices":[]}' });
    expect(reader.instead?.()).toBeUndefined();
  });

  it('asks for usage, keeping what else the client says of its stream', () => {
    const ask = (body: object) => chatBody(JSON.stringify(body), body);
    const chatBody = (text: string, body: object) => WIRES.chat.askingForUsage(text, { ...body });
    expect(ask({ stream: true, n: 1 })).toBe('{"stream_options":{"include_usage":true},"stream":true,"n":1}');
    expect(ask({ stream: true, stream_options: { x: 1 } })).toBe(
      '{"stream":true,"stream_options":{"x":1,"include_usage":true}}',
    );
    for (const body of [{ stream: false }, { stream: true, stream_options: { include_usage: true } }])
      expect(ask(body)).toBe(JSON.stringify(body));
  });
});

describe('byteLength', () => {
  it('is that of the encoded text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => byteLength(text) === new TextEncoder().encode(text).length,
      ),
      { seed: 1 },
    );
  });
});

describe('usage', () => {
  it('of messages is what the last event says, with what only the first one knows', () => {
    const start = { message: { usage: { input_tokens: 5, cache_creation_input_tokens: 7, output_tokens: 1 } } };
    const text = [
      typed('message_start', start),
      typed('message_delta', { delta: {}, usage: { output_tokens: 40, input_tokens: null } }),
    ];
    expect(read('messages', text.join('')).state.usage).toEqual({
      uncachedInput: 5,
      cacheRead: 0,
      cacheWrite: 7,
      output: 40,
    });
  });

  it('of an incomplete response counts too', () => {
    const { usage } = RECORDINGS.responses.answer;
    const { state, meanings } = read(
      'responses',
      typed('response.incomplete', { response: { status: 'incomplete', usage } }),
    );
    expect(meanings).toEqual(['end']);
    expect(state).toMatchObject({ usage: RECORDINGS.responses.usage, finish: 'other', content: false });
  });
});

describe('what is asked', () => {
  const tools = [{ type: 'function', name: 'f' }];
  it.each<[ServedWire, object, object]>([
    ['chat', {}, { tools: false, json: undefined, maxOutput: undefined }],
    ['chat', { tools: [] }, { tools: false }],
    ['chat', { tools, max_tokens: 5 }, { tools: true, maxOutput: 5 }],
    ['chat', { functions: tools, max_completion_tokens: 6, max_tokens: 5 }, { tools: true, maxOutput: 6 }],
    ['chat', { response_format: { type: 'json_schema' } }, { json: 'schema' }],
    ['chat', { response_format: { type: 'text' } }, { json: undefined }],
    ['messages', { tools, max_tokens: 7 }, { tools: true, maxOutput: 7 }],
    ['messages', { output_config: { format: { type: 'json_schema' } } }, { json: 'schema' }],
    ['responses', { tools, max_output_tokens: 8 }, { tools: true, maxOutput: 8 }],
    ['responses', { text: { format: { type: 'json_object' } } }, { json: 'any' }],
    ['responses', { previous_response_id: 'r0' }, { boundTo: 'previous_response_id' }],
  ])('%s %j', (wire, body, asked) => {
    expect(WIRES[wire].asked({ ...body })).toMatchObject(asked);
  });
});
