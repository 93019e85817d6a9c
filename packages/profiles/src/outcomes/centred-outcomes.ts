import { isLog, type RouterTraining } from '@routeprofile/schema';
import { additiveScores } from '../keyed/additive.js';

/** What was measured of each model on each training query, beside the others. */
export interface CentredOutcomes {
  /** Row-major [models × queries]; NaN = not measured, or measured alone. */
  score: Float64Array;
  /** [models], the mean of a model's scores, drawn towards 0 where there are few; 0 for a model without any. */
  overall: Float64Array;
}

/** Each model starts with this many imagined queries on which it has no advantage. */
const PRIOR_QUERIES = 5;

/**
 * Outcomes relative to the row mean, score[m, q] = outcome − centre[q]. Where every model is measured the centre is the mean of
 * the row; where some are missing it is what an average model would have got (see `additiveScores`), so that a row on which only
 * strong models were measured does not make them look weak. Rows with one model's outcome say nothing of their centre and are left
 * out, except in a log, where they share one.
 *
 * Without outcomes, pairs: (wins − losses) / (wins + losses) of each model on each query.
 */
export function centredOutcomes({ outcomes, pairs, tasks }: RouterTraining, models: number): CentredOutcomes {
  const queries = tasks.length;
  if (!outcomes) {
    const score = winShares(pairs, models, queries);
    return { score, overall: meansOf(score, models, queries) };
  }
  const least = isLog(outcomes, models) ? 1 : 2;
  const values = new Float64Array(models * queries);
  for (let q = 0; q < queries; q++) {
    let measured = 0;
    for (let m = 0; m < models; m++) if (!Number.isNaN(outcomes.score[q * models + m]!)) measured++;
    for (let m = 0; m < models; m++) values[m * queries + q] = measured < least ? NaN : outcomes.score[q * models + m]!;
  }
  const { centre } = additiveScores(values, models, queries, { ridge: PRIOR_QUERIES, loneRows: 'together' });
  const score = values.map((value, at) => value - centre[at % queries]!);
  return { score, overall: meansOf(score, models, queries) };
}

function winShares(pairs: RouterTraining['pairs'], models: number, queries: number): Float64Array {
  const [lead, count] = [new Float64Array(models * queries), new Float64Array(models * queries)];
  for (const { query, better, worse } of pairs) {
    for (const model of [better, worse]) count[model * queries + query]!++;
    lead[better * queries + query]!++;
    lead[worse * queries + query]!--;
  }
  return lead.map((sum, at) => sum / count[at]!);
}

function meansOf(score: Float64Array, models: number, queries: number): Float64Array {
  return Float64Array.from({ length: models }, (_, m) => {
    const measured = score.subarray(m * queries, (m + 1) * queries).filter((value) => !Number.isNaN(value));
    return measured.reduce((a, b) => a + b, 0) / (measured.length + PRIOR_QUERIES);
  });
}
