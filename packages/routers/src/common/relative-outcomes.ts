import type { OutcomeValues } from '@routeprofile/schema';
import { fitAdditive } from '@routeprofile/numerics';

/** Rows that draw a model's mean to the mean of all models. */
const PSEUDO_ROWS = 5;

/** Outcomes as what a model does better on a query than it and the query lead one to expect. */
export interface RelativeOutcomes {
  /** Shape [queries × models]: outcome − (query + model), 0 where not measured. */
  residuals: Float64Array;
  /** Shape [queries × models]: outcome − query, 0 where not measured. */
  advantages: Float64Array;
  /** Shape [queries × models]: 1 where measured. */
  measured: Uint8Array;
  /** How much better than the others each model does on the queries it was measured on, shrunk by 5 rows. */
  means: Float64Array;
  /** Queries each model was measured on. */
  counts: Float64Array;
}

/**
 * outcome ≈ query + model, by least squares: models are compared on the queries that they were measured on, so that one is not
 * favoured for having met the easy ones. Where every outcome is measured, taking the query's part away changes no choice. Queries that
 * one model answered say nothing of how easy they are, and share one part.
 */
export function relativeOutcomes(outcomes: Pick<OutcomeValues, 'score'> | null, models: number): RelativeOutcomes {
  const score = outcomes?.score ?? new Float64Array(0);
  const measured = new Uint8Array(score.length);
  score.forEach((s, k) => (measured[k] = Number.isNaN(s) ? 0 : 1));
  const values = score.map((s) => (Number.isNaN(s) ? 0 : s));
  const fit = fitAdditive(score, models, { loneRows: 'together' });
  const counts = new Float64Array(models);
  measured.forEach((m, k) => (counts[k % models]! += m));
  const residuals = values.map((value, k) =>
    measured[k] ? value - fit.rows[Math.floor(k / models)]! - fit.models[k % models]! : 0,
  );
  const advantages = residuals.map((residual, k) => (measured[k] ? residual + fit.models[k % models]! : 0));
  const means = fit.models.map((mean, m) => (counts[m]! > 0 ? (mean * counts[m]!) / (counts[m]! + PSEUDO_ROWS) : 0));
  return { residuals, advantages, measured, means, counts };
}
