import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineCutter, linesOf } from './lines.js';

async function* piecesOf(pieces: Iterable<string>): AsyncGenerator<string> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

const collected = async (pieces: Iterable<string>): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of linesOf(piecesOf(pieces))) lines.push(line);
  return lines;
};

describe('lines of a text in pieces', () => {
  it('are the same however the text is cut', async () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r'), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const lines = pieces.join('').split('\n');
        if (lines.at(-1) === '') lines.pop();
        expect(await collected(pieces)).toEqual(lines);
      }),
    );
  });

  // Put together again with each piece, this one line would be 2 × 10¹² characters: the test would never end.
  it('may be of many megabytes', () => {
    const cutter = new LineCutter();
    const [piece, count] = ['x'.repeat(256), 131_072];
    for (let i = 0; i < count; i++) cutter.push(piece);
    expect(cutter.pending).toBe(piece.length * count);
    expect(cutter.push('\n')[0]).toHaveLength(piece.length * count);
  });
});
