import type { Metric } from '@routeprofile/schema';
import { costPer1k } from './cost.js';
import {
  avgPerformanceWithoutNew,
  newModelHit,
  newModelPerformance,
  newModelRecall,
  newModelShare,
} from './new-models.js';
import { answerableHit, avgHit, avgPerformance, discriminativePerformance, oracleGapRecovered } from './quality.js';
import type { RowMetric } from './row-metric.js';
import { selectionEntropy } from './selection.js';

/** Metrics that are means over rows: these get intervals. */
export const rowMetrics: readonly RowMetric[] = [
  avgPerformance,
  avgHit,
  answerableHit,
  discriminativePerformance,
  costPer1k,
  newModelShare,
  newModelHit,
  newModelRecall,
  avgPerformanceWithoutNew,
];

/**
 * Every metric of a report, in its order. Scores keep the scale of the outcomes, usually [0, 1]; shares and hits lie in [0, 1],
 * `cost_per_1k` is in dollars per 1,000 queries, `selection_entropy` in bits. Each metric's `summary` has its definition.
 */
export const builtInMetrics: readonly Metric[] = [
  avgPerformance,
  avgHit,
  answerableHit,
  discriminativePerformance,
  oracleGapRecovered,
  costPer1k,
  newModelShare,
  newModelHit,
  newModelRecall,
  newModelPerformance,
  avgPerformanceWithoutNew,
  selectionEntropy,
];
