import { mapChosen } from './chosen-rows.js';
import { reportMetric } from './report-metric.js';
import { factsOf } from './table-facts.js';

/** Mean score of the chosen models. */
export const avgPerformance = reportMetric({
  name: 'avg_performance',
  title: 'Score',
  summary: 'mean score of the chosen models over all rows',
  help: 'mean score of the chosen models',
  higherIsBetter: true,
  saysScale: true,
  columns: {
    terminal: { title: 'average', always: true },
    page: true,
    newModels: { place: 1, title: 'average', help: 'Mean score of the chosen models, new ones in the pool' },
  },
  perChosenRow: (rows) => mapChosen(rows, (q) => rows.scores[q]!),
});

/**
 * Share of hits as the published evaluation counts them: the chosen model scored above 0, or no candidate did.
 * It rises with rows nobody can answer, and says little where scores are fractions; see `answerable_hit`.
 */
export const avgHit = reportMetric({
  name: 'avg_hit',
  title: 'Hit',
  summary: 'share of rows where the chosen model scored above 0, or no candidate did',
  help: 'share of rows (0 to 1) where the chosen model scored above 0, or none did',
  higherIsBetter: true,
  unlessAverage: true,
  columns: { terminal: { title: 'hit', width: 7 }, page: true },
  perChosenRow: (rows) => mapChosen(rows, (q) => (rows.scores[q]! > 0 || !(rows.best[q]! > 0) ? 1 : 0)),
});

/** Of the rows that some candidate scored above 0 on, the share on which the chosen one did. */
export const answerableHit = reportMetric({
  name: 'answerable_hit',
  summary: 'share of hits among the rows where some candidate scored above 0',
  higherIsBetter: true,
  perChosenRow: (rows) => mapChosen(rows, (q) => (rows.best[q]! > 0 ? (rows.scores[q]! > 0 ? 1 : 0) : NaN)),
});

/** Mean score on the rows that tell models apart beyond doubt: some candidate scored exactly 0, some exactly 1. */
export const discriminativePerformance = reportMetric({
  name: 'discriminative_performance',
  title: 'On telling rows',
  summary: 'mean score on the rows where some candidate scored 0 and some 1',
  help: 'mean score on the rows that tell models apart: some model scored 0 and some 1 (discriminative)',
  higherIsBetter: true,
  columns: { page: true },
  perChosenRow: (rows) => mapChosen(rows, (q) => (rows.discriminative[q] ? rows.scores[q]! : NaN)),
});

/**
 * (average − best constant) / (oracle − best constant), where the best constant is the single model that does best on these
 * very rows, and the oracle takes the best model of each row. 1 = oracle, 0 = as good as never routing, below 0 = worse.
 * null when the best constant leaves nothing to gain.
 */
export const oracleGapRecovered = reportMetric({
  name: 'oracle_gap_recovered',
  title: 'Gap recovered',
  summary:
    'how far from the best single model on these rows (0) to the best model of each row (1); below 0, worse than that single model',
  help: 'how far from the best single model on these rows (0) to the best model of each row, the oracle (1); below 0, worse than that single model',
  higherIsBetter: true,
  columns: { terminal: { title: 'gap', width: 8, always: true }, page: true },
  atRandom: 'mean',
  evaluate(run) {
    const average = avgPerformance.evaluate(run);
    if (average === null) return null;
    const facts = factsOf(run.table);
    const best = facts.bestMean;
    const oracle = facts.best.reduce((sum, score) => sum + score, 0) / facts.best.length;
    return oracle - best > 1e-12 ? (average - best) / (oracle - best) : null;
  },
});
