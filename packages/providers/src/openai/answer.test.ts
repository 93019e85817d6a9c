import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnusableAnswer } from '../http/fault.js';
import { parseChatAnswer, spokenAnswer } from './answer.js';

const parse = (choice: unknown, usage?: unknown) => parseChatAnswer(JSON.stringify({ choices: [choice], usage }));
const said = (content: unknown, finish_reason = 'stop') => ({ message: { content }, finish_reason });

describe('parseChatAnswer', () => {
  it('reads chat answers, answers in parts, and bare completions', () => {
    expect(parse(said('  A text.\n'), { prompt_tokens: 7, completion_tokens: 3 })).toEqual({
      content: '  A text.\n',
      finish: 'stop',
      usage: { uncachedInput: 7, cacheRead: 0, cacheWrite: 0, output: 3 },
    });
    const parts = [
      { type: 'text', text: 'A ' },
      { type: 'text', text: 'text.' },
    ];
    expect(parse(said(parts))).toEqual({ content: 'A text.', finish: 'stop' });
    expect(parse({ text: 'A text.' })).toEqual({ content: 'A text.', finish: null });
    expect(parse(said(null, 'content_filter'))).toEqual({ content: '', finish: 'content_filter' });
  });

  it('says nothing of usage that it cannot read', () => {
    expect(parse(said('A text.'), { prompt_tokens: '7' })).not.toHaveProperty('usage');
  });

  it('gives an answer or calls it unusable, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((o) => JSON.stringify({ choices: [o], usage: o })),
        ),
        (body) => {
          try {
            expect(spokenAnswer(parseChatAnswer(body)).text).not.toBe('');
          } catch (error) {
            expect(error).toBeInstanceOf(UnusableAnswer);
          }
        },
      ),
    );
  });
});

describe('spokenAnswer', () => {
  const spoken = (content: string, finish: string | null = 'stop') => {
    try {
      return spokenAnswer({ content, finish });
    } catch (error) {
      if (!(error instanceof UnusableAnswer)) throw error;
      return error.message;
    }
  };

  it('leaves out what a model thinks aloud, and says whether the answer is whole', () => {
    expect(spoken(' A text.\n')).toEqual({ text: 'A text.', truncated: false });
    expect(spoken('<think>hm.\nwell.</think>\n\nA text.', null)).toEqual({ text: 'A text.', truncated: false });
    expect(spoken('One text. Another te', 'length')).toEqual({ text: 'One text. Another te', truncated: true });
  });

  it('has no use for nothing, for thoughts alone and for what was withheld', () => {
    expect(spoken(' \n')).toBe('the answer is empty');
    expect(spoken('<think>hm. well.', 'length')).toMatch(/while the model was thinking/);
    expect(spoken('x', 'content_filter')).toMatch(/content filter/);
  });
});
