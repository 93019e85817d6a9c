import { parsePart, z, type Router, type RunContext, type WrapperInput, type WrapperState } from '@routeprofile/schema';
import {
  calibrationSchema,
  chancesOf,
  fitCalibration,
  type Calibration,
  calibrationOptions,
} from '../calibration/calibration.js';
import { whyNoChances } from '../calibration/observations.js';
import { sharedFolds } from '../common/out-of-fold.js';
import { fitEstimates, type Estimates } from '../estimates/estimates.js';
import { estimatesSchema, storeEstimates } from '../estimates/state.js';
import { withCalibration } from './calibrate.js';
import { estimateOptions, learnedEstimates, withEstimates } from './estimate.js';
import { assertLearnedOf, assertScores } from './learned.js';

/** What wrappers that weigh quality against cost know of each model and query: a value and a price. */
export interface Valuation {
  /** null: values are the router's scores. */
  calibration: Calibration | null;
  estimates: Estimates;
}

export interface FittedValuation extends Valuation {
  /** [training queries × models] dollars, by fits that did not see the query; NaN = unknown. */
  costs: Float64Array;
  /** [training queries × models] out of fold: chances of being right, or scores where there is no calibration. */
  values(): Promise<Float64Array>;
}

export const valuationOptions = {
  /** How scores become chances: see the wrapper `calibrate`. */
  calibration: calibrationOptions.method,
  perModel: calibrationOptions.perModel,
  ...estimateOptions,
};

export interface ValuationOptions {
  /** How scores become chances: see `CalibrationOptions.method`. Default `auto`. */
  calibration: 'auto' | 'temperature' | 'isotonic';
  /** An offset for each model on the logistic curve. Default false. */
  perModel: boolean;
  /** Tokens of an answer, assumed where neither training rows nor candidates say how long a model's answers are. */
  outputTokens?: number | undefined;
}

export async function fitValuation(
  wrapper: string,
  wrapped: WrapperInput,
  { calibration: method, perModel, outputTokens }: ValuationOptions,
  ctx: RunContext,
): Promise<FittedValuation> {
  await assertScores(wrapper, wrapped);
  const { input } = wrapped;
  const assumed = outputTokens === undefined ? {} : { outputTokens };
  const { estimates, outOfFoldCost } = fitEstimates(input, assumed, ctx);
  const calibration =
    whyNoChances(input.training) === null
      ? fitCalibration(input, await wrapped.outOfFold(), sharedFolds(input, ctx), { method, perModel }, ctx)
      : null;
  return {
    calibration,
    estimates,
    costs: outOfFoldCost,
    async values() {
      const scores = await wrapped.outOfFold();
      return calibration ? chancesOf(calibration, scores) : Float64Array.from(scores.data);
    },
  };
}

/** The router with chances, costs and latencies beside each model. */
const withValuation = (router: Router, { calibration, estimates }: Valuation): Router =>
  withEstimates(withCalibration(router, calibration), estimates);

const valuationState = { calibration: calibrationSchema.nullable(), estimates: estimatesSchema };
const stateSchema = z.object(valuationState);

/** @param more what the wrapper learned beside it, as JSON */
export function storeValuation({ calibration, estimates }: Valuation, more: Record<string, unknown>): WrapperState {
  const { state, weights } = storeEstimates(estimates);
  return { state: { ...more, calibration, estimates: state }, weights };
}

/**
 * The router with what a wrapper's saved state knows of its models beside each.
 * @throws RouteProfileError CORRUPT_FILE
 */
export function withLearnedValuation(wrapper: string, router: Router, learned: WrapperState): Router {
  const { calibration, estimates } = parsePart(wrapper, 'state', stateSchema, learned.state);
  assertLearnedOf(wrapper, estimates.models, router);
  if (calibration) assertLearnedOf(wrapper, calibration.models, router);
  return withValuation(router, { calibration, estimates: learnedEstimates(wrapper, estimates, learned) });
}
