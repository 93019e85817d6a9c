import { describe, expect, it } from 'vitest';
import { queryTextOf } from './query-text.js';

const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
const text = (value: string) => ({ type: 'text', text: value });

describe('a query as people write it', () => {
  it.each<[string, unknown, string, number]>([
    ['a text, as it is', ' Name a river. ', ' Name a river. ', 0],
    ['messages with plain contents', [{ role: 'user', content: 'Name a river.' }], 'Name a river.', 0],
    [
      'the last user message, without what the system and the assistant say',
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Name a river.' },
        { role: 'assistant', content: 'The Elbe.' },
        { role: 'user', content: 'And a lake?' },
        { role: 'assistant', content: 'Lake' },
      ],
      'And a lake?',
      0,
    ],
    ['content parts, in order', [{ role: 'user', content: [text('One.'), text('Two.')] }], 'One.\nTwo.', 0],
    ['images, counted', [{ role: 'user', content: [text('What is this?'), image, image] }], 'What is this?', 2],
    ['an object with messages', { messages: [{ role: 'user', content: 'Hello' }], model: 'm' }, 'Hello', 0],
    ['one message', { role: 'user', content: [text('Hello'), image] }, 'Hello', 1],
    ['a content without a role', { content: 'Hello' }, 'Hello', 0],
    ['a list of parts', [text('Hello'), image], 'Hello', 1],
    ['parts that are texts', { content: ['One.', 'Two.'] }, 'One.\nTwo.', 0],
    ['the Responses API', [{ role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }], 'Hello', 0],
    ['the Gemini API', { contents: [{ role: 'user', parts: [{ text: 'Hello' }, { inlineData: {} }] }] }, 'Hello', 1],
    [
      'a question whose image follows in a message of its own',
      [
        { role: 'user', content: 'What is this?' },
        { role: 'user', content: [image] },
      ],
      'What is this?',
      1,
    ],
    [
      'a conversation that ends with what a tool returned',
      [
        { role: 'user', content: 'What time is it?' },
        { role: 'assistant', content: null },
        { role: 'user', content: [{ type: 'tool_result', content: '12:00' }] },
      ],
      'What time is it?',
      1,
    ],
  ])('%s', (_, value, expected, omitted) => {
    expect(queryTextOf(value)).toEqual({ text: expected, omitted });
  });

  it.each<[string, unknown]>([
    ['a blank text', ' \n'],
    ['no messages', []],
    ['no user message', [{ role: 'assistant', content: 'Hello' }]],
    ['a message of another role', { role: 'system', content: 'Hello' }],
    ['images alone', [{ role: 'user', content: [image] }]],
    ['a user message without content', [{ role: 'user' }]],
    ['a number', 7],
    ['nothing', null],
    ['an object of another kind', { prompt: 'Hello' }],
    ['a list of numbers', [1, 2]],
    ['a list of texts, which may be the question itself', ['One.', 'Two.']],
    ['fields that only prototypes have', JSON.parse('{"__proto__": {"content": "Hello"}}')],
  ])('there is no user text in %s', (_, value) => {
    expect(queryTextOf(value)).toBeNull();
  });
});
