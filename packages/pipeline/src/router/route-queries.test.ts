import { describe, expect, it } from 'vitest';
import { lineBatches, readQuery } from './route-queries.js';

async function* pieces(...chunks: (string | Uint8Array)[]) {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function linesOf(...chunks: (string | Uint8Array)[]) {
  const found = [];
  for await (const lines of lineBatches(pieces(...chunks), 8, new AbortController().signal)) found.push(...lines);
  return found;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('lineBatches', () => {
  it('reads characters that two pieces share, and a last line without an end', async () => {
    const whole = bytes('één\n日本');
    expect(await linesOf(whole.subarray(0, 1), whole.subarray(1, 7), whole.subarray(7))).toEqual([
      { line: 1, text: 'één' },
      { line: 2, text: '日本' },
    ]);
  });

  it.each([
    ['bytes that mean nothing', [bytes('one\ntwo\n'), Uint8Array.of(0x61, 0x0a, 0xff, 0x0a)], 'line 4: is not UTF-8'],
    ['a character cut short', [bytes('one\ntw'), Uint8Array.of(0xc3)], 'line 2: is not UTF-8'],
    ['UTF-16 with its mark', [Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0)], 'line 1: is not UTF-8'],
    ['UTF-16 without a mark', [Uint8Array.of(0x61, 0, 0x0a, 0, 0x62, 0)], 'line 1: holds zero bytes'],
  ])('refuses %s, and says where', async (_, chunks, message) => {
    await expect(linesOf(...chunks)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(`standard input: ${message}`) as unknown,
    });
  });
});

describe('readQuery', () => {
  it.each(['', '  \n', '[{"role":"user","content":" "}]'])('refuses %j, which asks nothing', (given) => {
    expect(() => readQuery(given, 'the query')).toThrow(/^the query: (is empty|the messages hold no text)/);
  });

  it('takes text, JSON text and messages alike', () => {
    for (const given of ['hi', '"hi"', '[{"role":"user","content":"hi"}]'])
      expect(readQuery(given, 'the query')).toEqual({ text: 'hi', omitted: 0 });
  });
});
