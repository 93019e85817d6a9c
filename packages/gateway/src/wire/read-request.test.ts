import { describe, expect, it } from 'vitest';
import type { ServedWire } from '../contracts/wire.js';
import { RECORDINGS } from '../testing/recordings.js';
import { WIRES } from './formats.js';
import { measure } from './measure.js';
import { readRequest, routingText } from './read-request.js';

const read = (wire: ServedWire, body: object) => readRequest(WIRES[wire], JSON.stringify(body), { ...body });
const user = (...parts: object[]) => ({ role: 'user', content: parts });

describe('the routing text', () => {
  it.each<[string, ServedWire, object, string]>([
    ['a chat', 'chat', RECORDINGS.chat.request, 'What is 17 * 3?'],
    ['messages', 'messages', RECORDINGS.messages.request, 'What is 17 * 3?'],
    ['responses', 'responses', RECORDINGS.responses.request, 'What is 17 * 3?'],
    ['one text as input', 'responses', { input: 'Why?' }, 'Why?'],
    [
      'what the user said before tools answered',
      'messages',
      {
        messages: [
          user({ type: 'text', text: 'Look it up' }),
          { role: 'assistant', content: [{ type: 'tool_use', name: 'f' }] },
          user({ type: 'tool_result', content: 'found' }),
        ],
      },
      'Look it up',
    ],
    [
      'what the user said before a function answered',
      'responses',
      { input: [user({ type: 'input_text', text: 'Look' }), { type: 'function_call_output', output: 'found' }] },
      'Look',
    ],
    ['no user', 'chat', { messages: [{ role: 'system', content: 'Be brief.' }] }, ''],
    ['nothing', 'chat', {}, ''],
  ])('of %s', (_, wire, body, text) => {
    expect(routingText(read(wire, body), 2000)).toBe(text);
  });

  it('is cut, but not within a character', () => {
    const chat = read('chat', { messages: [{ role: 'user', content: 'ab👋cd' }] });
    expect([3, 4, 6].map((length) => routingText(chat, length))).toEqual(['ab', 'ab👋', 'ab👋cd']);
  });

  it('is cut behind a beginning that the router does not read, however long that is', () => {
    const examples = 'Q: 1 + 1? A: 2. '.repeat(500);
    const chat = (content: string) => read('chat', { messages: [{ role: 'user', content }] });
    const prefixes = [examples, 'Q: '];
    expect(routingText(chat(`${examples}Q: Why is the sky blue?`), 10, prefixes)).toBe(`${examples}Q: Why is `);
    expect(routingText(chat('Q: Why is the sky blue?'), 10, prefixes)).toBe('Q: Why is the');
    // Nothing but the beginning is a question of its own.
    expect(routingText(chat(examples), 10, prefixes)).toBe(examples.slice(0, 10));
  });
});

describe('requirements', () => {
  it('are read from the whole request, earlier turns included', () => {
    const body = {
      model: 'auto',
      stream: true,
      max_tokens: 50,
      tools: [{ type: 'function' }],
      response_format: { type: 'json_object' },
      messages: [
        user({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }),
        user({ text: 'Well?' }),
      ],
    };
    expect(read('chat', body)).toMatchObject({
      model: 'auto',
      stream: true,
      requirements: { tools: true, jsonMode: true, vision: true, outputTokens: 50 },
    });
  });

  it('leave what Claude Code says beside the user to the model', () => {
    const reminder = { type: 'text', text: '<system-reminder>\nToday is a day.\n</system-reminder>\n' };
    const question = { type: 'text', text: 'Why <system-reminder> tags?' };
    const turns = [user(question), { role: 'assistant', content: 'Ask.' }, user(reminder)];
    expect(routingText(read('messages', { messages: [user(reminder, question)] }), 100)).toBe(question.text);
    // One that holds nothing else is a result of the client's, such as a tool's.
    expect(routingText(read('messages', { messages: turns }), 100)).toBe(question.text);
  });

  it.each<[ServedWire, object, object]>([
    ['chat', { response_format: { type: 'json_schema', json_schema: {} } }, { jsonSchema: true }],
    ['chat', { logprobs: true, reasoning_effort: 'low' }, { logprobs: true, reasoning: true }],
    ['chat', { logprobs: false, reasoning_effort: 'none', response_format: { type: 'text' } }, {}],
    ['chat', { messages: [user({ type: 'input_audio', input_audio: { data: 'AAAA' } })] }, { audio: true }],
    ['responses', { text: { format: { type: 'json_schema' } } }, { jsonSchema: true }],
    ['responses', { include: ['message.output_text.logprobs'] }, { logprobs: true }],
    ['responses', { reasoning: { effort: 'high' } }, { reasoning: true }],
    ['responses', { reasoning: { summary: 'auto' }, include: ['reasoning.encrypted_content'] }, {}],
    ['messages', { thinking: { type: 'adaptive' } }, { reasoning: true }],
    ['messages', { thinking: { type: 'disabled' } }, {}],
    ['messages', { output_config: { format: { type: 'json_schema' } } }, { jsonSchema: true }],
  ])('of %s with %j are %j', (wire, body, needed) => {
    const { contextTokens: _, ...rest } = read(wire, body).requirements;
    expect(rest).toEqual(needed);
  });

  it.each([
    [{ type: 'input_image', image_url: 'data:AAAA' }, true],
    [{ type: 'image', source: { type: 'base64', data: 'A'.repeat(4000) } }, true],
    [{ type: 'tool_result', content: [{ type: 'image', source: { type: 'url', url: 'x' } }] }, true],
    [{ type: 'input_audio', input_audio: { data: 'A'.repeat(4000) } }, false],
    [{ type: 'text', text: 'an image' }, false],
  ])('%j', (part, vision) => {
    const { pictures, characters } = measure([user(part)]);
    expect(pictures).toBe(vision ? 1 : 0);
    expect(characters).toBeLessThan(100);
  });

  it('count words of documents, and survive any depth', () => {
    const document = { type: 'document', source: { type: 'text', data: 'word '.repeat(1000) } };
    expect(measure(document).characters).toBeGreaterThan(5000);
    expect(measure(JSON.parse(`${'['.repeat(100_000)}"a"${']'.repeat(100_000)}`))).toEqual({
      characters: 1,
      pictures: 0,
      sounds: false,
      files: false,
    });
  });
});
