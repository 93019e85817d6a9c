import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { redact, redactAnswer, redactRefusal } from './secrets.js';

const KEY = 'sk-proj-7hG2kQ9vX4bN1mZ8';
const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) => [...bytes(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const base64 = (text: string) => btoa(text);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a key that a server repeats', () => {
  it.each([
    ['as it is', KEY],
    ['in hexadecimal', hex(KEY)],
    ['in capital hexadecimal', hex(KEY).toUpperCase()],
    ['in base64', base64(KEY)],
    ['in base64 behind one character', base64(`x${KEY}`)],
    ['in base64 behind two', base64(`ab${KEY}`)],
    ['in base64 of a header', base64(`Authorization: Bearer ${KEY}\n`)],
    ['in base64 for addresses', base64(`??>${KEY}`).replaceAll('+', '-').replaceAll('/', '_')],
  ])('is masked %s, in refusals and in answers', (_, echoed) => {
    for (const mask of [redactAnswer, redactRefusal]) {
      const said = mask(`wrong key ${echoed} here`, KEY);
      expect(said).toMatch(/^wrong key .*\*\*\*.* here$/);
      // Nothing longer than a few characters of it is left.
      for (let i = 0; i + 8 <= echoed.length; i++)
        if (redactRefusal(echoed.slice(i, i + 8), KEY) === '***') expect(said).not.toContain(echoed.slice(i, i + 8));
    }
  });

  it('is masked in part: eight characters or more in a refusal, sixteen in an answer', () => {
    expect(redactRefusal(`no such key: ${KEY.slice(0, 12)}…`, KEY)).toBe('no such key: ***…');
    expect(redactRefusal(`ends in ${KEY.slice(-8)}.`, KEY)).toBe('ends in ***.');
    expect(redactRefusal(`${hex(KEY.slice(2, 11))}`, KEY)).toBe('***');
    expect(redactAnswer(`text ${KEY.slice(3, 20)} text`, KEY)).toBe('text *** text');
    expect(redactAnswer(`text ${KEY.slice(3, 12)} text`, KEY)).toBe(`text ${KEY.slice(3, 12)} text`);
  });

  it('is found wherever in a text a part of it begins', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }),
        fc.string({ maxLength: 40 }),
        fc.nat(KEY.length - 8),
        fc.integer({ min: 8, max: KEY.length }),
        (before, after, from, length) => {
          const part = KEY.slice(from, from + length);
          return !redactRefusal(`${before}${part}${after}`, KEY).includes(part);
        },
      ),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('takes nothing of numbers away, nor of texts without it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 300 }), (numbers) => {
        const answer = JSON.stringify({ data: [{ embedding: numbers }] });
        return redactAnswer(answer, KEY) === answer && redactRefusal(answer, KEY) === answer;
      }),
      { seed: 1, numRuns: 200 },
    );
    expect(redactRefusal('The model sk is not known', KEY)).toBe('The model sk is not known');
    expect(redactAnswer('x', undefined)).toBe('x');
    expect(redact('EMPTY', 'EMPTY')).toBe('***');
    expect(redactAnswer('an EMPTY answer', 'EMPTY')).toBe('an EMPTY answer');
  });

  it('is looked for at every thirteenth place of an answer, which may hold many vectors', () => {
    const answer = JSON.stringify(Array.from({ length: 30_000 }, (_, i) => Math.sin(i)));
    const looks = vi.spyOn(Map.prototype, 'get');
    expect(redactAnswer(answer, KEY)).toBe(answer);
    expect(looks.mock.calls.length).toBeGreaterThan(answer.length / 14);
    expect(looks.mock.calls.length).toBeLessThan(answer.length / 13 + 1_000);
  });

  it('is masked in whatever form', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, unit: fc.constantFrom(...'abcXYZ019+/"\\-_=') }),
        fc.string(),
        (key, around) => {
          const text = [key, JSON.stringify(key), encodeURIComponent(key)].join(around);
          expect(redact(text, key)).not.toContain(key);
        },
      ),
    );
  });
});
