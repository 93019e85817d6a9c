import { createRandom, type Random } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { adwinStateSchema, createAdwin, type StreamChange } from './adwin.js';

const thumbs =
  (share: number) =>
  (random: Random): number =>
    random.float() < share ? 1 : 0;
const scores =
  (mean: number) =>
  (random: Random): number =>
    Math.min(1, Math.max(0, mean + 0.15 * random.normal()));

/** Changes told of a stream that follows one law, then another. */
function told(seed: number, laws: readonly [(random: Random) => number, number][]): (StreamChange & { at: number })[] {
  const random = createRandom(seed, 'adwin');
  const watch = createAdwin();
  return laws.flatMap(([law, length]) =>
    Array.from({ length }, () => {
      const change = watch.add(law(random));
      return change ? [{ ...change, at: watch.seen }] : [];
    }).flat(),
  );
}

describe('adwin', () => {
  // The full table, of 100 streams each: bench/adwin.mjs.
  it.each([
    ['thumbs', thumbs(0.8), thumbs(0.7), [0.8, 0.7], 1_200],
    ['scores', scores(0.6), scores(0.55), [0.6, 0.55], 800],
  ] as const)('is silent over %s that stay alike, and tells a change once', (_, before, after, means, latest) => {
    for (let seed = 0; seed < 12; seed++) {
      expect(told(seed, [[before, 10_000]])).toEqual([]);
      const changes = told(seed, [
        [before, 5_000],
        [after, 5_000],
      ]);
      expect(changes).toHaveLength(1);
      const [change] = changes;
      expect(change!.at).toBeGreaterThan(5_000);
      expect(change!.at).toBeLessThan(5_000 + latest);
      expect(Math.abs(change!.since - 5_000)).toBeLessThan(500);
      expect(change!.before).toBeCloseTo(means[0], 1);
      expect(Math.abs(change!.after - means[1])).toBeLessThan(0.06);
    }
  });

  it('holds the mean of its window exactly, in memory that grows with the logarithm of its length', () => {
    const random = createRandom(1, 'mean');
    const watch = createAdwin({ low: -3, high: 5 });
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      const value = -3 + 8 * random.float();
      sum += value;
      watch.add(value);
    }
    expect([watch.width, watch.seen]).toEqual([20_000, 20_000]);
    expect(watch.mean).toBeCloseTo(sum / 20_000, 9);
    expect(watch.save().rows.flatMap(({ sums }) => sums).length).toBeLessThan(80);
  });

  it('keeps the variance of its window, which the rule reads', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => (i % 7) / 7);
    const watch = createAdwin({ every: 5_000 });
    for (const value of values) watch.add(value);
    const { rows } = watch.save();
    const buckets = rows.flatMap(({ sums, spreads }, size) =>
      sums.map((sum, i) => ({ count: 2 ** size, sum, spread: spreads[i]! })),
    );
    const mean = values.reduce((a, b) => a + b) / values.length;
    const direct = values.reduce((total, x) => total + (x - mean) ** 2, 0);
    const within = buckets.reduce((total, b) => total + b.spread + b.count * (b.sum / b.count - mean) ** 2, 0);
    expect(within).toBeCloseTo(direct, 9);
  });

  it('goes on from what was saved as if nothing had been', () => {
    const random = createRandom(3, 'saved');
    const whole = createAdwin();
    let parted = createAdwin();
    for (let i = 0; i < 4_000; i++) {
      const value = (i < 2_000 ? 0.2 : 0.4) + 0.3 * random.float();
      const change = whole.add(value);
      expect(parted.add(value)).toEqual(change);
      if (i % 500 === 0)
        parted = createAdwin({}, adwinStateSchema.parse(JSON.parse(JSON.stringify(parted.save())) as unknown));
    }
    expect(whole.width).toBeLessThan(2_200);
    expect(parted.save()).toEqual(whole.save());
  });

  it('refuses what is outside its range, and options that say nothing', () => {
    for (const value of [NaN, Infinity, -0.01, 1.01])
      expect(() => createAdwin().add(value)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }) as Error);
    for (const options of [{ delta: 0 }, { delta: 1 }, { low: 1 }, { high: Infinity }, { every: 0 }])
      expect(() => createAdwin(options)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }) as Error);
  });
});
