import { standings } from '@routeprofile/numerics';
import {
  defineWrapper,
  parsePart,
  RouteProfileError,
  throwIfAborted,
  z,
  type Decision,
  type Router,
  type RouterInput,
} from '@routeprofile/schema';
import { columnMeans } from '../estimates/measured.js';
import { assertLearnedOf } from './learned.js';
import { assertKnown, bestModel, cheapestModel } from './standing.js';
import { fitValuation, storeValuation, valuationOptions, withLearnedValuation } from './valuation.js';
import { entryOf, promoted, wrapDecisions } from './wrapped.js';

const NAME = 'threshold';
const options = z.strictObject({
  /** Default: the one that gives most at `costShare` on training rows; with pairs alone the cheapest. */
  cheap: z.string().min(1).optional(),
  /** Default: the best on training rows. */
  strong: z.string().min(1).optional(),
  /** Least chance, in [0, 1], at which the cheap model answers; learned for `costShare` if absent. */
  threshold: z.number().min(0).max(1).optional(),
  /** Mean cost to come down to, as a share of what the strong model alone costs. Default 0.5. */
  costShare: z.number().gt(0).max(1).default(0.5),
  ...valuationOptions,
});
export type ThresholdOptions = z.infer<typeof options>;

/** What `thresholdWrapper` learns. */
export const thresholdState = z.object({
  cheap: z.string(),
  strong: z.string(),
  threshold: z.number(),
  /** `lead`: what the cheap model's score is above the strong one's, where there are no chances. */
  unit: z.enum(['chance', 'lead']),
});
/** Two models and the number between them: a chance in [0, 1], or a lead in the units of the router's scores. */
export type Threshold = z.infer<typeof thresholdState>;

/**
 * The cheap model where its chance of being right is at least the threshold, else the strong one. (As in RouteLLM, arXiv
 * 2406.18665.) Where a wrapper inside has left out one of the two, the other answers; without both the decision stays.
 * @throws RouteProfileError UNKNOWN_NAME for a model that the router does not know; UNSUPPORTED from `decide` for decisions without chances, where
 *   `unit` is `chance`
 */
export function withThreshold(router: Router, { cheap, strong, threshold, unit }: Threshold): Router {
  assertKnown(NAME, router.models, [cheap, strong]);
  return wrapDecisions(
    router,
    () => (decision) => {
      const [low, high] = [entryOf(decision, cheap), entryOf(decision, strong)];
      if (!low && !high) return decision;
      if (!low || !high) {
        const [there, absent] = low ? [cheap, strong] : [strong, cheap];
        return promoted(decision, there, NAME, `${absent} may not answer`);
      }
      const confidence = unit === 'lead' ? low.score - high.score : chance(decision, cheap);
      const enough = confidence >= threshold;
      const what = unit === 'lead' ? `${cheap} leads ${strong} by` : `${cheap} is right with chance`;
      const text = `${what} ${confidence.toFixed(2)}, ${enough ? 'at least' : 'below'} ${threshold.toFixed(2)}`;
      return promoted(decision, enough ? cheap : strong, NAME, text);
    },
    { sameScores: false },
  );
}

/** @throws RouteProfileError UNSUPPORTED when the decision does not say it */
export function chance(decision: Decision, model: string): number {
  const { probability } = entryOf(decision, model) ?? {};
  if (probability !== undefined) return probability;
  throw new RouteProfileError('UNSUPPORTED', `the decision does not say how likely ${model} is right`, {
    hint: 'Chances are learned from outcomes between 0 and 1: wrap the router withCalibration.',
  });
}

/**
 * `withThreshold` with everything left open learned from training rows. With pairs alone there are no chances: the learned
 * threshold is then on the lead of the cheap model's score, and one that is given is refused.
 */
export const thresholdWrapper = defineWrapper<ThresholdOptions>({
  name: NAME,
  summary: 'the cheap model if its chance of being right is high enough, else the strong one',
  options,
  async fit(wrapped, chosen, ctx) {
    throwIfAborted(ctx);
    const { input } = wrapped;
    const { models } = input;
    const valuation = await fitValuation(NAME, wrapped, chosen, ctx);
    const unit = valuation.calibration ? 'chance' : 'lead';
    if (chosen.threshold !== undefined && unit === 'lead')
      throw new RouteProfileError(
        'UNSUPPORTED',
        `${NAME}: there are no chances of being right to compare with a threshold`,
        {
          hint: 'Train on outcomes between 0 and 1, or leave the threshold out: it is then learned on scores, for costShare.',
        },
      );
    const strong = chosen.strong ?? bestModel(NAME, input);
    assertKnown(NAME, models, [strong, ...(chosen.cheap === undefined ? [] : [chosen.cheap])]);
    const rows = {
      models: models.length,
      unit,
      values: chosen.threshold === undefined || !chosen.cheap ? await valuation.values() : new Float64Array(0),
      costs: columnMeans(valuation.costs, models.length),
      share: chosen.costShare,
    } as const;
    const thresholdOf = (cheap: number) => chosen.threshold ?? thresholdFor(rows, cheap, models.indexOf(strong));
    const cheap =
      chosen.cheap ??
      bestPartner(rows, input, models.indexOf(strong), thresholdOf) ??
      cheapestModel(NAME, input, valuation.costs);
    if (cheap === strong)
      ctx.logger?.warn(`${NAME}: ${cheap} is both the cheap and the strong model: it always answers`);
    const threshold = thresholdOf(models.indexOf(cheap));
    if (threshold === null)
      throw new RouteProfileError('UNSUPPORTED', `${NAME}: what ${cheap} and ${strong} cost is not known`, {
        hint: 'Give outcomes a cost or candidates a price with tokens per task, or give the threshold yourself.',
      });
    return storeValuation(valuation, { cheap, strong, threshold, unit } satisfies Threshold);
  },
  wrap(router, learned) {
    const own = parsePart(NAME, 'state', thresholdState, learned.state);
    assertLearnedOf(NAME, [own.cheap, own.strong], router);
    return withThreshold(withLearnedValuation(NAME, router, learned), own);
  },
});

/** Training rows, out of fold. */
interface Rows {
  models: number;
  unit: Threshold['unit'];
  /** [queries × models] chances or scores. */
  values: Float64Array;
  /** Mean expected dollars, one a model; NaN = unknown. */
  costs: Float64Array;
  share: number;
}

function confidences({ values, models, unit }: Rows, cheap: number, strong: number): Float64Array {
  return Float64Array.from({ length: values.length / models }, (_, q) => {
    const value = values[q * models + cheap]!;
    return unit === 'chance' ? value : value - values[q * models + strong]!;
  });
}

/** Queries that must go to the cheap model for mean costs to come down to the share; more than there are when it cannot be. */
function neededQueries({ values, models, costs, share }: Rows, cheap: number, strong: number): number {
  const queries = values.length / models;
  const [low, high] = [costs[cheap]!, costs[strong]!];
  // k · low + (n − k) · high ≤ share · n · high
  return high > low ? Math.ceil((queries * high * (1 - share)) / (high - low) - 1e-9) : Infinity;
}

/** The highest threshold that comes down to the share; where none does, the one that sends least to the strong model. */
function thresholdFor(rows: Rows, cheap: number, strong: number): number | null {
  const sorted = confidences(rows, cheap, strong).sort().reverse();
  if (Number.isNaN(rows.costs[cheap]!) || Number.isNaN(rows.costs[strong]!) || sorted.length === 0) return null;
  return sorted[Math.min(sorted.length, Math.max(1, neededQueries(rows, cheap, strong))) - 1]!;
}

/**
 * Of the models with which costs come down to the share, the one with which the mean outcome is best, on the rows that models are
 * compared on (`standings`); undefined without any.
 */
function bestPartner(
  rows: Rows,
  { models, training }: RouterInput,
  strong: number,
  thresholdOf: (cheap: number) => number | null,
): string | undefined {
  const found = standings(models, training);
  if (!training.outcomes || found?.from !== 'outcomes') return undefined;
  const { score } = training.outcomes;
  const queries = rows.values.length / rows.models;
  let best: { model: string; mean: number } | undefined;
  for (const [m, model] of models.entries()) {
    if (m === strong || Number.isNaN(rows.costs[m]!) || neededQueries(rows, m, strong) > queries) continue;
    const threshold = thresholdOf(m);
    let [sum, count] = [0, 0];
    const sure = confidences(rows, m, strong);
    found.rows.forEach((q) => {
      const outcome = score[q * rows.models + (sure[q]! >= threshold! ? m : strong)]!;
      if (Number.isNaN(outcome)) return;
      sum += outcome;
      count++;
    });
    if (count > 0 && (!best || sum / count > best.mean)) best = { model, mean: sum / count };
  }
  return best?.model;
}
