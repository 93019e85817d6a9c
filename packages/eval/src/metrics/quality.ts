import { defineMetric } from '@routeprofile/schema';
import { mapRows, meanOfCounted, rowMetric, scoresOf } from './row-metric.js';

/** Mean score of the chosen models. */
export const avgPerformance = rowMetric({
  name: 'avg_performance',
  summary: 'mean score of the chosen models over all rows',
  higherIsBetter: true,
  perRow: (run) => mapRows(run, (scores, choice) => scores[choice]!),
});

/**
 * Share of hits as the published evaluation counts them: the chosen model scored above 0, or no candidate did.
 * It rises with rows nobody can answer, and says little where scores are fractions; see `answerable_hit`.
 */
export const avgHit = rowMetric({
  name: 'avg_hit',
  summary: 'share of rows where the chosen model scored above 0, or no candidate did',
  higherIsBetter: true,
  perRow: (run) => mapRows(run, (scores, choice) => (scores[choice]! > 0 || !scores.some((s) => s > 0) ? 1 : 0)),
});

/** Of the rows that some candidate scored above 0 on, the share on which the chosen one did. */
export const answerableHit = rowMetric({
  name: 'answerable_hit',
  summary: 'share of hits among the rows that some candidate scored above 0 on',
  higherIsBetter: true,
  perRow: (run) => mapRows(run, (scores, choice) => (scores.some((s) => s > 0) ? (scores[choice]! > 0 ? 1 : 0) : NaN)),
});

/** Some model scored exactly 0 on the row, some exactly 1. */
export const discriminates = (scores: Float64Array): boolean => scores.includes(0) && scores.includes(1);

/** Mean score on the rows that tell models apart beyond doubt: some candidate scored exactly 0, some exactly 1. */
export const discriminativePerformance = rowMetric({
  name: 'discriminative_performance',
  summary: 'mean score on the rows where some candidate scored 0 and some 1',
  higherIsBetter: true,
  perRow: (run) => mapRows(run, (scores, choice) => (discriminates(scores) ? scores[choice]! : NaN)),
});

/**
 * (average − best constant) / (oracle − best constant), where the best constant is the single model that does best on these
 * very rows, and the oracle takes the best model of each row. 1 = oracle, 0 = as good as never routing, below 0 = worse.
 * null when the best constant leaves nothing to gain.
 */
export const oracleGapRecovered = defineMetric({
  name: 'oracle_gap_recovered',
  summary: '(average − best constant in hindsight) / (oracle − best constant in hindsight)',
  higherIsBetter: true,
  evaluate(run) {
    const average = avgPerformance.evaluate(run);
    if (average === null) return null;
    const constants = run.table.models.map((_, m) => meanOfCounted(mapRows(run, (scores) => scores[m]!)) ?? 0);
    const best = Math.max(...constants);
    const oracle = run.choices.reduce((sum, _, q) => sum + Math.max(...scoresOf(run, q)), 0) / run.choices.length;
    return oracle - best > 1e-12 ? (average - best) / (oracle - best) : null;
  },
});
