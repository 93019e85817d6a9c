import { costPerUsefulAnswer } from './cost-per-useful.js';
import { costPer1k } from './cost.js';
import {
  avgPerformanceWithoutNew,
  newModelHit,
  newModelPerformance,
  newModelRecall,
  newModelShare,
} from './new-models.js';
import { answerableHit, avgHit, avgPerformance, discriminativePerformance, oracleGapRecovered } from './quality.js';
import type { ReportMetric } from './report-metric.js';
import { selectionEntropy } from './selection.js';
import { fellShort, overpaid, rightSized } from './sizing.js';
import { tierScore, trajectoryPass, trajectorySavings } from './trajectories.js';

/**
 * Every metric of a report, in its order. Scores keep the scale of the outcomes, usually [0, 1]; shares and hits lie in [0, 1],
 * `cost_per_1k` is in dollars per 1,000 queries, `selection_entropy` in bits. Each metric's `summary` has its definition.
 *
 * Columns of tables, comparisons of runs and intervals follow from this list: a new metric is one file, and one line here.
 */
export const builtInMetrics: readonly ReportMetric[] = [
  avgPerformance,
  avgHit,
  answerableHit,
  discriminativePerformance,
  oracleGapRecovered,
  costPer1k,
  costPerUsefulAnswer,
  rightSized,
  fellShort,
  overpaid,
  trajectoryPass,
  trajectorySavings,
  tierScore,
  newModelShare,
  newModelHit,
  newModelRecall,
  newModelPerformance,
  avgPerformanceWithoutNew,
  selectionEntropy,
];
