import { defineMetric } from '@routeprofile/schema';
import { mapRows, rowMetric } from './row-metric.js';
import { factsOf } from './table-facts.js';

/** Mean score of the chosen models. */
export const avgPerformance = rowMetric({
  name: 'avg_performance',
  summary: 'mean score of the chosen models over all rows',
  higherIsBetter: true,
  perRow: (run) => mapRows(run, (score) => score),
});

/**
 * Share of hits as the published evaluation counts them: the chosen model scored above 0, or no candidate did.
 * It rises with rows nobody can answer, and says little where scores are fractions; see `answerable_hit`.
 */
export const avgHit = rowMetric({
  name: 'avg_hit',
  summary: 'share of rows where the chosen model scored above 0, or no candidate did',
  higherIsBetter: true,
  perRow(run) {
    const { best } = factsOf(run.table);
    return mapRows(run, (score, _, q) => (score > 0 || !(best[q]! > 0) ? 1 : 0));
  },
});

/** Of the rows that some candidate scored above 0 on, the share on which the chosen one did. */
export const answerableHit = rowMetric({
  name: 'answerable_hit',
  summary: 'share of hits among the rows where some candidate scored above 0',
  higherIsBetter: true,
  perRow(run) {
    const { best } = factsOf(run.table);
    return mapRows(run, (score, _, q) => (best[q]! > 0 ? (score > 0 ? 1 : 0) : NaN));
  },
});

/** Mean score on the rows that tell models apart beyond doubt: some candidate scored exactly 0, some exactly 1. */
export const discriminativePerformance = rowMetric({
  name: 'discriminative_performance',
  summary: 'mean score on the rows where some candidate scored 0 and some 1',
  higherIsBetter: true,
  perRow(run) {
    const { discriminative } = factsOf(run.table);
    return mapRows(run, (score, _, q) => (discriminative[q] ? score : NaN));
  },
});

/**
 * (average − best constant) / (oracle − best constant), where the best constant is the single model that does best on these
 * very rows, and the oracle takes the best model of each row. 1 = oracle, 0 = as good as never routing, below 0 = worse.
 * null when the best constant leaves nothing to gain.
 */
export const oracleGapRecovered = defineMetric({
  name: 'oracle_gap_recovered',
  summary:
    'how far from the best single model on these rows (0) to the best model of each row (1); below 0, worse than that single model',
  higherIsBetter: true,
  evaluate(run) {
    const average = avgPerformance.evaluate(run);
    if (average === null) return null;
    const facts = factsOf(run.table);
    const best = facts.means.reduce((most, mean) => Math.max(most, mean), -Infinity);
    const oracle = facts.best.reduce((sum, score) => sum + score, 0) / facts.best.length;
    return oracle - best > 1e-12 ? (average - best) / (oracle - best) : null;
  },
});
