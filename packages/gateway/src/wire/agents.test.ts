import { describe, expect, it } from 'vitest';
import type { ServedWire } from '../contracts/wire.js';
import { createEventScanner } from '../sse/scanner.js';
import { settle } from '../testing/manual-clock.js';
import { openGateway } from '../testing/open-gateway.js';
import { eventText } from './format.js';
import { WIRES } from './formats.js';

/** What an agent is streamed: a thought, then the call of a tool. */
interface AgentStream {
  events: string[];
  firstContent: number;
  usage: object;
}

const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  eventText({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm-1',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
    ...more,
  });
const call = (fields: object) => ({ tool_calls: [{ index: 0, ...fields }] });
const typed = (data: { type: string; [member: string]: unknown }) => eventText(data, data.type);

const STREAMS: Readonly<Record<ServedWire, AgentStream>> = {
  chat: {
    events: [
      ': OPENROUTER PROCESSING\n\n',
      chunk({ role: 'assistant', content: null }),
      chunk({ reasoning_content: 'I should look' }),
      chunk({ reasoning_content: ' at the weather in Köln 👋.' }),
      chunk(call({ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } })),
      chunk(call({ function: { arguments: '{"city":' }, extra_content: { google: { thought_signature: 'x' } } })),
      chunk(call({ function: { arguments: '"Köln"}' } })),
      chunk({}, 'tool_calls'),
      eventText({
        object: 'chat.completion.chunk',
        choices: [],
        usage: { prompt_tokens: 80, completion_tokens: 30, completion_tokens_details: { reasoning_tokens: 12 } },
      }),
      'data: [DONE]\r\n\r\n',
    ],
    firstContent: 1,
    usage: { uncachedInput: 80, cacheRead: 0, cacheWrite: 0, output: 30, reasoning: 12 },
  },
  messages: {
    events: [
      typed({
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          content: [],
          usage: { input_tokens: 10, cache_creation_input_tokens: 50, cache_read_input_tokens: 20, output_tokens: 2 },
        },
      }),
      typed({
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      }),
      typed({ type: 'ping' }),
      typed({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'I should look.' } }),
      typed({ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'EqQB' } }),
      typed({ type: 'content_block_stop', index: 0 }),
      typed({
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
      }),
      typed({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '' } }),
      typed({
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'input_json_delta', partial_json: '{"city":"Köln"}' },
      }),
      typed({ type: 'content_block_stop', index: 1 }),
      typed({
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 30 },
      }),
      typed({ type: 'message_stop' }),
    ],
    firstContent: 3,
    usage: { uncachedInput: 10, cacheRead: 20, cacheWrite: 50, output: 30 },
  },
  responses: {
    events: [
      { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { id: 'rs', type: 'reasoning', summary: [] } },
      { type: 'response.reasoning_summary_part.added', item_id: 'rs', part: { type: 'summary_text', text: '' } },
      { type: 'response.reasoning_summary_text.delta', item_id: 'rs', delta: 'I should look.' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { id: 'rs', type: 'reasoning', encrypted_content: 'x' },
      },
      {
        type: 'response.output_item.added',
        output_index: 1,
        item: { type: 'function_call', name: 'weather', arguments: '' },
      },
      { type: 'response.function_call_arguments.delta', item_id: 'fc', delta: '{"city":"Köln"}' },
      { type: 'response.function_call_arguments.done', item_id: 'fc', arguments: '{"city":"Köln"}' },
      {
        type: 'response.completed',
        response: {
          id: 'r',
          status: 'completed',
          error: null,
          output: [{ type: 'reasoning' }, { type: 'function_call', name: 'weather', arguments: '{"city":"Köln"}' }],
          usage: {
            input_tokens: 80,
            input_tokens_details: { cached_tokens: 20 },
            output_tokens: 30,
            output_tokens_details: { reasoning_tokens: 12 },
          },
        },
      },
    ].map((data, i) => typed({ ...data, sequence_number: i })),
    firstContent: 3,
    usage: { uncachedInput: 60, cacheRead: 20, cacheWrite: 0, output: 30, reasoning: 12 },
  },
};

describe.each(Object.entries(STREAMS))('what an agent is streamed on %s', (name, { events, firstContent, usage }) => {
  const wire = name as ServedWire;

  it('has content from its first thought on', () => {
    const reader = WIRES[wire].openStream(true);
    const meanings = createEventScanner()
      .push(new TextEncoder().encode(events.join('')))
      .flatMap(({ event }) => (event ? [reader.read(event)] : []));
    expect(meanings.indexOf('content')).toBe(firstContent);
    expect(meanings.at(-1)).toBe('end');
    expect(reader.state).toMatchObject({ usage, content: true });
  });

  it('passes through the gateway byte for byte, in pieces of any size, and is counted', async () => {
    for (const bytes of [undefined, 1, 13]) {
      const { ask, upstream, gateway, store } = openGateway();
      upstream.pieceBytes = bytes;
      upstream.script.set('a', [{ kind: 'good', said: { events, answer: {} } }]);
      const response = await ask(wire, true, { stream_options: { include_usage: true } });
      expect(await response.text()).toBe(events.join(''));
      await gateway.close();
      await settle();
      expect((await store.find('id-1'))?.attempts).toMatchObject([{ endpoint: 'a', usage }]);
    }
  });
});

describe('errors', () => {
  const complaint = { status: 429, code: 'rate_limited', message: 'later' };
  it.each<[ServedWire, object]>([
    ['chat', { error: { message: 'later', type: 'rate_limit_error', param: null, code: 'rate_limited' } }],
    ['responses', { error: { message: 'later', type: 'rate_limit_error', param: null, code: 'rate_limited' } }],
    ['messages', { type: 'error', error: { type: 'rate_limit_error', message: 'rate_limited: later' } }],
  ])('of %s have its form, in bodies and in streams', (wire, body) => {
    expect(JSON.parse(WIRES[wire].errorBody(complaint))).toEqual(body);
    const [first, second] = WIRES[wire].errorEvent(complaint).trim().split('\n');
    expect(first).toMatch(wire === 'chat' ? /^data: / : /^event: error$/);
    const data = JSON.parse((wire === 'chat' ? first : second)!.slice('data: '.length)) as object;
    expect(data).toMatchObject(body);
    if (wire === 'responses') expect(data).toMatchObject({ type: 'error', code: 'rate_limited', message: 'later' });
  });

  it.each([
    [400, 'invalid_request_error', 'invalid_request_error'],
    [401, 'authentication_error', 'authentication_error'],
    [403, 'authentication_error', 'permission_error'],
    [404, 'invalid_request_error', 'not_found_error'],
    [413, 'invalid_request_error', 'request_too_large'],
    [503, 'server_error', 'overloaded_error'],
    [502, 'server_error', 'api_error'],
  ])('%i is called %s by OpenAI and %s by Anthropic', (status, openAi, anthropic) => {
    const typeOf = (wire: ServedWire) =>
      (JSON.parse(WIRES[wire].errorBody({ ...complaint, status })) as { error: { type: string } }).error.type;
    expect([typeOf('chat'), typeOf('messages')]).toEqual([openAi, anthropic]);
  });
});
