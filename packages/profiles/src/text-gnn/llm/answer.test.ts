import { UnusableAnswer } from '@routeprofile/encoders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnswer, type Spent } from './answer.js';

const messages = [{ role: 'user' as const, content: 'four words are here' }];
const parse = (choice: unknown, usage?: unknown) => {
  const spent: Spent[] = [];
  const body = JSON.stringify({ choices: [choice], usage });
  try {
    return { ...parseAnswer(body, messages, (tokens) => spent.push(tokens)), spent };
  } catch (error) {
    if (!(error instanceof UnusableAnswer)) throw error;
    return { unusable: error.message, spent };
  }
};
const said = (content: unknown, finish_reason = 'stop') => ({ message: { content }, finish_reason });

describe('parseAnswer', () => {
  it('reads chat answers, answers in parts, and bare completions', () => {
    expect(parse(said('  A text.\n'), { prompt_tokens: 7, completion_tokens: 3 })).toEqual({
      text: 'A text.',
      truncated: false,
      spent: [{ promptTokens: 7, completionTokens: 3, estimated: false }],
    });
    expect(
      parse(
        said([
          { type: 'text', text: 'A ' },
          { type: 'text', text: 'text.' },
        ]),
      ),
    ).toMatchObject({ text: 'A text.' });
    expect(parse({ text: 'A text.' })).toMatchObject({ text: 'A text.' });
  });

  it('estimates what the server does not tell', () => {
    expect(parse(said('A text.')).spent).toEqual([{ promptTokens: 13, completionTokens: 2, estimated: true }]);
  });

  it('leaves out what a model thinks aloud', () => {
    expect(parse(said('<think>hm.\nwell.</think>\n\nA text.'))).toMatchObject({ text: 'A text.' });
    expect(parse(said('<think>hm. well.', 'length'))).toMatchObject({
      unusable: expect.stringContaining('thinking') as string,
    });
  });

  it('goes back to the last whole sentence at the token limit', () => {
    expect(parse(said('One 3.5 text. Another te', 'length'))).toMatchObject({ text: 'One 3.5 text.', truncated: true });
    expect(parse(said('A whole text.', 'length'))).toMatchObject({ text: 'A whole text.', truncated: false });
    expect(parse(said('no sentence yet 3.5', 'length'))).toMatchObject({
      unusable: expect.stringContaining('first sentence') as string,
    });
  });

  it('counts what an unusable answer took', () => {
    for (const choice of [said(''), said(null), said(' \n'), said('x', 'content_filter')])
      expect(parse(choice, { prompt_tokens: 7, completion_tokens: 0 })).toMatchObject({
        unusable: expect.any(String) as string,
        spent: [{ promptTokens: 7 }],
      });
  });

  it('gives a text or calls the answer unusable, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((o) => JSON.stringify({ choices: [o] })),
        ),
        (body) => {
          try {
            expect(parseAnswer(body, messages, () => undefined).text).not.toBe('');
          } catch (error) {
            expect(error).toBeInstanceOf(UnusableAnswer);
          }
        },
      ),
    );
  });
});
