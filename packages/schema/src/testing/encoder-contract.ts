import type { Encoder } from '../encoder.js';
import { RouteProfileError } from '../errors.js';
import { rowOf, type Matrix } from '../matrix.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';

/** What the suite allows an encoder, and what it encodes. */
export interface EncoderContractOptions {
  /** Largest difference of a number between one batch and another. Default 1e-6. */
  tolerance?: number;
  /** Distinct texts to encode. Default six, among them an empty, a long and a multilingual one; an encoder that knows only some texts gives its own. */
  texts?: readonly string[];
}

const TEXTS = [
  'What is 2 + 2?',
  '',
  'Grüße aus Köln 👋',
  'line one\nline two\tand a tab',
  'def f(x):\n    return x * 2',
  'long '.repeat(400),
];

function largestDifference(a: Matrix, i: number, b: Matrix, j: number): number {
  const other = rowOf(b, j);
  return rowOf(a, i).reduce((largest, x, d) => Math.max(largest, Math.abs(x - other[d]!)), 0);
}

/** The suite every encoder passes. `create` is called once a test. */
export function describeEncoderContract(
  { describe, it, expect }: TestRunner,
  name: string,
  create: () => Promise<Encoder> | Encoder,
  { tolerance = 1e-6, texts = TEXTS }: EncoderContractOptions = {},
): void {
  const withEncoder = async (body: (encoder: Encoder) => Promise<void>) => {
    const encoder = await create();
    try {
      await body(encoder);
    } finally {
      await encoder.dispose?.();
    }
  };

  describe(`encoder contract: ${name}`, () => {
    it('gives one finite row per text', () =>
      withEncoder(async (encoder) => {
        const matrix = await encoder.encode(texts);
        expect(encoder.id.length).toBeGreaterThan(0);
        expect([matrix.rows, matrix.cols]).toEqual([texts.length, encoder.dimensions]);
        expect(matrix.data.length).toBe(texts.length * encoder.dimensions);
        expect(matrix.data.every(Number.isFinite)).toBe(true);
      }));

    it('gives no rows for no texts', () =>
      withEncoder(async (encoder) => {
        const matrix = await encoder.encode([]);
        expect([matrix.rows, matrix.cols, matrix.data.length]).toEqual([0, encoder.dimensions, 0]);
      }));

    it('gives a text the same vector alone, among others, and twice in a batch', () =>
      withEncoder(async (encoder) => {
        const together = await encoder.encode([...texts, texts[0]!]);
        const backwards = await encoder.encode([...texts].reverse());
        expect(largestDifference(together, 0, together, texts.length)).toBeLessThan(tolerance);
        for (let i = 0; i < texts.length; i++) {
          expect(largestDifference(together, i, await encoder.encode([texts[i]!]), 0)).toBeLessThan(tolerance);
          expect(largestDifference(together, i, backwards, texts.length - 1 - i)).toBeLessThan(tolerance);
        }
      }));

    it('gives the same vectors to calls at the same time', () =>
      withEncoder(async (encoder) => {
        const alone = await encoder.encode(texts);
        const frozen = Object.freeze([...texts]);
        const [one, other] = await Promise.all([encoder.encode(frozen), encoder.encode([...frozen].reverse())]);
        for (let i = 0; i < texts.length; i++) {
          expect(largestDifference(alone, i, one, i)).toBeLessThan(tolerance);
          expect(largestDifference(alone, i, other, texts.length - 1 - i)).toBeLessThan(tolerance);
        }
      }));

    it('tells texts apart', () =>
      withEncoder(async (encoder) => {
        const matrix = await encoder.encode(texts);
        expect(new Set(texts.map((_, i) => rowOf(matrix, i).join())).size).toBe(new Set(texts).size);
      }));

    it('says of each text what share it cannot see, if it says so at all', () =>
      withEncoder(async (encoder) => {
        if (!encoder.unseen) return;
        const shares = await encoder.unseen(texts);
        expect(shares.length).toBe(texts.length);
        expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
        expect([...(await encoder.unseen([...texts].reverse()))].reverse()).toEqual([...shares]);
        expect((await encoder.unseen([])).length).toBe(0);
      }));

    it('stops when asked to', () =>
      withEncoder(async (encoder) => {
        const controller = new AbortController();
        controller.abort();
        const error = await rejectionOf(encoder.encode(texts, { seed: 1, signal: controller.signal }));
        expect(RouteProfileError.isInstance(error) && error.code).toBe('ABORTED');
      }));
  });
}
