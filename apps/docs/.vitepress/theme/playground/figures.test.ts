import { describe, expect, it } from 'vitest';
import space from '../../../playground/design-space.json';
import { axisOf, matching, METRICS, NO_FILTER, placeOn, ranked, valuesOf, verdict, type Cell } from './design-space';
import { dollarsPerThousand, percent, points, seconds } from './format';
import { explainLambda, LAMBDAS, showLambda, stretches } from './prices';

describe('prices of a dollar', () => {
  it('begin at nothing and rise to 100,000', () => {
    expect(LAMBDAS[0]).toBe(0);
    expect(LAMBDAS[1]).toBe(1);
    expect(LAMBDAS.at(-1)).toBeCloseTo(100_000, 6);
    expect(LAMBDAS).toEqual([...LAMBDAS].sort((a, b) => a - b));
  });

  it('join positions with one choice', () => {
    expect(stretches(['a', 'a', 'b', 'a'])).toEqual([
      { model: 'a', from: 0, to: 1 },
      { model: 'b', from: 2, to: 2 },
      { model: 'a', from: 3, to: 3 },
    ]);
    expect(stretches([])).toEqual([]);
  });

  it('are told in words', () => {
    expect(explainLambda(0)).toBe('Cost does not count: the best score wins.');
    expect(explainLambda(150)).toBe('A call that costs $0.001 more must be right at least 15 points more often.');
    expect(explainLambda(100_000)).toContain('$0.00001 more must be right at least 100 points');
    expect(showLambda(146.78)).toBe('147');
  });
});

describe('figures', () => {
  it('are short, with signs that are signs', () => {
    expect(points(0.0365)).toBe('+3.6');
    expect(points(-0.32)).toBe('−32.0');
    expect(points(-0.0001)).toBe('0.0');
    expect(percent(0.873)).toBe('87 %');
    expect(dollarsPerThousand(0.000_734)).toBe('$0.73');
    expect([seconds(0.0019), seconds(0.022), seconds(4.18)]).toEqual(['1.9 ms', '22 ms', '4.2 s']);
  });
});

describe('design space', () => {
  const cells: readonly Cell[] = space.cells;
  const [performance] = METRICS;
  const cost = METRICS.find(({ name }) => name === 'cost_per_1k')!;

  it('holds every dimension, and every metric with its interval', () => {
    expect(valuesOf(cells, 'form').sort()).toEqual(['flat', 'structured']);
    expect(valuesOf(cells, 'representation').sort()).toEqual(['embedding', 'index', 'scores', 'text']);
    expect(valuesOf(cells, 'hops')).toEqual(['0', '1', '2', '3']);
    expect(valuesOf(cells, 'learning').sort()).toEqual(['trainable', 'training-free']);
    for (const { label, metrics, intervals } of cells)
      for (const { name } of METRICS)
        expect([label, metrics[name], intervals[name]?.against]).toEqual([label, expect.any(Number), 'best-single']);
  });

  it('is filtered by all dimensions at once', () => {
    expect(matching(cells, NO_FILTER)).toHaveLength(cells.length);
    const found = matching(cells, { ...NO_FILTER, representation: 'embedding', hops: '2', router: 'sim' });
    expect(found.map(({ label }) => label).sort()).toEqual(['emb-gnn:hops=2 × sim', 'trainable-gnn × sim']);
  });

  it('is ranked by the metric, in its own direction', () => {
    const best = (metric: typeof cost) => ranked(cells, metric).map((cell) => cell.metrics[metric.name]!);
    expect(best(performance!)).toEqual(best(performance!).sort((a, b) => b - a));
    expect(best(cost)).toEqual(best(cost).sort((a, b) => a - b));
  });

  it('judges an interval only when it keeps clear of zero', () => {
    const interval = (low: number, high: number) => ({
      against: 'best-single',
      difference: (low + high) / 2,
      low,
      high,
    });
    expect(verdict(interval(-0.1, 0.1), cost)).toBe('open');
    expect(verdict(interval(0, 0), cost)).toBe('open');
    expect(verdict(interval(-0.3, -0.1), cost)).toBe('better');
    expect(verdict(interval(-0.3, -0.1), performance!)).toBe('worse');
  });

  it('has one axis that holds zero and every interval', () => {
    for (const metric of METRICS) {
      const axis = axisOf(cells, metric);
      for (const { intervals } of cells) {
        expect(placeOn(axis, intervals[metric.name]!.low)).toBeGreaterThanOrEqual(0);
        expect(placeOn(axis, intervals[metric.name]!.high)).toBeLessThanOrEqual(100);
      }
      expect(placeOn(axis, 0)).toBeGreaterThanOrEqual(0);
    }
  });
});
