import type { Metric, RoutingRun } from '../metric.js';
import { fingerprint } from './fingerprint.js';
import type { TestRunner } from './runner.js';
import { emptyOutcomes, syntheticRoutingRun } from './synthetic.js';

/** The suite every metric passes. */
export function describeMetricContract({ describe, it, expect }: TestRunner, metric: Metric): void {
  const finiteOrNull = (run: RoutingRun) => {
    const value = metric.evaluate(run);
    return value === null || Number.isFinite(value);
  };

  describe(`metric contract: ${metric.name}`, () => {
    it('declares a name, a definition, a direction and spec version 1', () => {
      expect(metric.kind).toBe('metric');
      expect(metric.specVersion).toBe(1);
      expect(metric.name.length > 0 && metric.summary.length > 0).toBe(true);
      expect(typeof metric.higherIsBetter).toBe('boolean');
    });

    it('counts the same rows whatever is chosen, where it has a number per row', () => {
      if (!metric.perRow) return;
      const run = syntheticRoutingRun();
      const counted = (values: Float64Array | null | undefined) =>
        values && Array.from(values, (value) => !Number.isNaN(value));
      const own = metric.perRow(run);
      const first = metric.perRow({ ...run, choices: run.choices.map(() => 0) });
      expect(
        own === null || (own.length === run.choices.length && own.every((value) => Math.abs(value) !== Infinity)),
      ).toBe(true);
      if (own && first) expect(counted(first)).toEqual(counted(own));
    });

    it('gives a finite number or null, the same each time, and leaves the run as it was', () => {
      const run = syntheticRoutingRun();
      const before = fingerprint(run);
      expect(finiteOrNull(run)).toBe(true);
      expect(metric.evaluate(run)).toBe(metric.evaluate(syntheticRoutingRun()));
      expect(fingerprint(run) === before).toBe(true);
    });

    it('never gives NaN: without rows, without costs and prices, without new models', () => {
      const run = syntheticRoutingRun();
      expect(finiteOrNull(syntheticRoutingRun(0))).toBe(true);
      const free = {
        ...run,
        candidates: run.candidates.map(({ id, model }) => ({ id, model })),
        table: { ...run.table, values: { ...emptyOutcomes(9, 3), score: run.table.values.score } },
      };
      expect(finiteOrNull(free)).toBe(true);
      expect(finiteOrNull({ ...run, newModels: [] })).toBe(true);
    });
  });
}
