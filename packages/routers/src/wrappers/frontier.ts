import { bestSingle } from '@routeprofile/numerics';
import {
  isScoringRouter,
  RouteProfileError,
  throwIfAborted,
  type QueryBatch,
  type Router,
  type RouterInput,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { chanceOf } from '../calibration/calibration.js';
import { whyNoChances } from '../calibration/observations.js';
import { outOfFoldScores, sharedFolds, sharing } from '../common/out-of-fold.js';
import { estimateCall } from '../estimates/estimates.js';
import { costPath, costSweep, lambdaGrid, pessimisticCosts } from './cost-path.js';
import { assertCosts, pointWithin, trainingLedger, type OperatingPoint } from './operating-point.js';
import { fitValuation, type ValuationOptions } from './valuation.js';

/** What `fitFrontier` may be told, all optional. */
export interface FrontierOptions extends Partial<ValuationOptions> {
  /** Cost weights λ to sweep over, at most, beside that of the operating point. Default 101. */
  points?: number;
  /** How much worse than the best single model the operating point may be, in mean outcome. Default 0.02: two points of 100. */
  within?: number;
  /** The router as fitted on the whole input, where it is at hand; otherwise it is fitted here. */
  router?: Router;
}

/** The choices of a batch at every cost weight λ. */
export interface Sweep {
  /** Cost weights λ, in chances of being right per dollar, ascending from 0; beyond the last every query has its cheapest model. */
  lambdas: Float64Array;
  /** For each λ the index of the chosen model. Shape [λs] of [queries]. */
  choices: Int32Array[];
}

/** A fitted frontier: ask it for the choices of any batch. See `fitFrontier`. */
export interface Frontier {
  /** The cost–quality frontier of a batch: λs come from training rows alone. */
  sweep(queries: QueryBatch, ctx?: RunContext): Promise<Sweep>;
  /**
   * The λ chosen on training rows, out of fold, with what it gives there; null where training rows are pairs alone, or a log, which
   * does not say what another choice would have given.
   */
  operatingPoint: OperatingPoint | null;
}

/** Whether some rows have outcomes of several models, so that one choice can be held against another. */
function comparesModels(models: readonly string[], training: RouterInput['training']): boolean {
  const best = bestSingle(models, training);
  return best?.from !== 'outcomes' || best.basis !== 'own-rows';
}

/**
 * Everything a cost–quality frontier needs of a scoring router: chances and costs learned out of fold, a grid of λ at which
 * training queries change their model, and the point "within 2 points of the best single model at the least cost". At λ the choice is argmax over models of chance − λ · dollars; with
 * pairs alone, score − λ · dollars.
 *
 * The strategy is fitted once per fold (five), and once more without `router`; one that cross-validates itself (`auto`, `ensemble`) has
 * scores of its own folds, and is fitted once at most.
 * @throws RouteProfileError UNSUPPORTED for a router that does not score, or where nothing is known of costs
 */
export async function fitFrontier(
  strategy: RouterStrategy,
  options: Record<string, unknown>,
  given: RouterInput,
  ctx: RunContext,
  { points = 101, within = 0.02, router: fitted, ...valuing }: FrontierOptions = {},
): Promise<Frontier> {
  throwIfAborted(ctx);
  const input = sharing(given);
  const { models, training } = input;
  const router = fitted ?? (await strategy.fit(input, options, ctx));
  if (!isScoringRouter(router))
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${strategy.name} gives decisions but no scores to weigh against costs`,
      {
        hint: 'Sweep a router with a `score` method.',
      },
    );
  const scores = await outOfFoldScores(strategy, options, input, sharedFolds(input, ctx), ctx, router);
  const valuation = await fitValuation(
    'frontier',
    { router, input, outOfFold: async () => scores },
    { calibration: 'auto', perModel: false, ...valuing },
    ctx,
  );
  const { calibration, estimates, costs } = valuation;
  assertCosts('frontier', costs);
  const values = await valuation.values();
  const row = (table: Float64Array, q: number) => table.subarray(q * models.length, (q + 1) * models.length);
  const paths = training.tasks.map((_, q) => costPath(row(values, q), pessimisticCosts(row(costs, q))));
  const operatingPoint =
    whyNoChances(training) === null && comparesModels(models, training)
      ? pointWithin(trainingLedger('frontier', input, costs), values, costs, within)
      : null;
  // The operating point is one of the points, so that what the sweep gives there is what it promised.
  const swept = [...lambdaGrid(paths, points), ...(operatingPoint ? [operatingPoint.lambda] : [])];
  const lambdas = Float64Array.from(new Set(swept)).sort();
  return {
    async sweep(queries, inner = ctx) {
      const given = await router.score(queries, inner);
      const own = calibration
        ? Float64Array.from(given.data, (score, k) => chanceOf(calibration, models[k % models.length]!, score))
        : Float64Array.from(given.data);
      const expected = new Float64Array(own.length);
      for (let q = 0; q < given.rows; q++) {
        throwIfAborted(inner);
        expected.set(estimateCall(estimates, queries, q).cost, q * models.length);
      }
      return { lambdas, choices: costSweep(own, expected, models.length, lambdas) };
    },
    operatingPoint,
  };
}
