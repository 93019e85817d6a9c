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

/** Every metric of a report, in its order. */
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
