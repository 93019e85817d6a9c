import { RouteProfileError, type Progress } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens, planBatches } from './batches.js';
import { runBatches, type BatchRunner } from './run-batches.js';

const window = (length: number, first: number) => Int32Array.from({ length }, (_, i) => first + i);
/** A model of two dimensions: length and first token. */
const toy: BatchRunner = async (windows) => Float32Array.from(windows.flatMap((w) => [w.length, w[0]!]));
const later =
  (milliseconds: number): BatchRunner =>
  async (windows) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return toy(windows);
  };
const windows = Array.from({ length: 50 }, (_, i) => window(1 + ((i * 37) % 128), i));
const codeOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (RouteProfileError.isInstance(error) ? error.code : 'another error'),
  );

describe('planBatches', () => {
  it('puts every window in one batch, in order, within the budget', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 128 })), fc.integer({ min: 1, max: 2000 }), (lengths, budget) => {
        const list = lengths.map((length) => window(length, 0));
        const batches = planBatches(list, budget);
        expect(batches.flat()).toEqual(list.map((_, i) => i));
        const tokens = batches.map((batch) => countTokens(batch.map((i) => list[i]!)));
        expect(batches.every((batch, i) => batch.length === 1 || tokens[i]! <= budget)).toBe(true);
      }),
    );
  });

  it('fills one batch after another', () => {
    const list = [100, 100, 56, 1, 128, 127, 128, 128].map((length) => window(length, 0));
    expect(planBatches(list)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ]);
  });
});

describe('runBatches', () => {
  it('puts each vector in its row whichever runner made it', async () => {
    const alone = await runBatches(windows, [toy], { dimensions: 2 });
    const shared = await runBatches(windows, [later(1), later(7), later(3)], { dimensions: 2 });
    expect([...shared.data]).toEqual([...alone.data]);
    expect([...alone.data.slice(4, 6)]).toEqual([windows[2]!.length, 2]);
  });

  it('reports progress with counts, the last of which is the total', async () => {
    const seen: Progress[] = [];
    await runBatches(windows, [toy], { dimensions: 2, alreadyDone: 5, ctx: { onProgress: (p) => seen.push(p) } });
    expect(seen.at(-1)).toEqual({ stage: 'encode', done: 55, total: 55, unit: 'windows' });
  });

  it.each([
    ['NaN', async (list: readonly Int32Array[]) => new Float32Array(list.length * 2).fill(NaN)],
    ['a row too few', async (list: readonly Int32Array[]) => new Float32Array(list.length * 2 - 2)],
  ])('refuses %s', async (_, broken) => {
    expect(await codeOf(runBatches(windows, [broken], { dimensions: 2 }))).toBe('ENCODER_FAILED');
  });

  it('stops when asked to, between batches', async () => {
    const controller = new AbortController();
    let calls = 0;
    const run: BatchRunner = async (list) => {
      if (++calls === 3) controller.abort();
      return toy(list);
    };
    expect(await codeOf(runBatches(windows, [run], { dimensions: 2, ctx: { signal: controller.signal } }))).toBe(
      'ABORTED',
    );
    expect(calls).toBe(3);
  });

  it('hands on the failure of one runner once all have come to rest', async () => {
    let resting = 0;
    const slow: BatchRunner = async (list) => {
      const vectors = await later(20)(list);
      resting++;
      return vectors;
    };
    const failing: BatchRunner = () => Promise.reject(new RouteProfileError('ENCODER_FAILED', 'broken'));
    expect(await codeOf(runBatches(windows, [slow, failing], { dimensions: 2 }))).toBe('ENCODER_FAILED');
    expect(resting).toBe(1);
  });
});
