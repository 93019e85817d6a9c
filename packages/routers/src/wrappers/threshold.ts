import { defineWrapper, RouteProfileError, throwIfAborted, z, type Decision, type Router } from '@routeprofile/schema';
import { parsePart } from '../common/artifact.js';
import { columnMeans } from '../estimates/measured.js';
import { assertKnown, bestModel, cheapestModel } from './standing.js';
import { fitValuation, restoreValuation, storeValuation, valuationOptions, withValuation } from './valuation.js';
import { entryOf, promoted, wrapDecisions } from './wrapped.js';

const NAME = 'threshold';
const options = z.strictObject({
  /** Default: the cheapest by expected cost on training rows. */
  cheap: z.string().min(1).optional(),
  /** Default: the best on training rows. */
  strong: z.string().min(1).optional(),
  /** Least chance at which the cheap model answers; learned for `costShare` if absent. */
  threshold: z.number().min(0).max(1).optional(),
  /** Mean cost to come down to, as a share of what the strong model alone costs. */
  costShare: z.number().gt(0).max(1).default(0.5),
  ...valuationOptions,
});
export type ThresholdOptions = z.infer<typeof options>;

const state = z.object({
  cheap: z.string(),
  strong: z.string(),
  threshold: z.number(),
  /** `lead`: what the cheap model's score is above the strong one's, where there are no chances. */
  unit: z.enum(['chance', 'lead']),
});
export type Threshold = z.infer<typeof state>;

/**
 * The cheap model where its chance of being right is at least the threshold, else the strong one. (As in RouteLLM, arXiv
 * 2406.18665.) Where a wrapper inside has left out one of the two, the other answers; without both the decision stays.
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
  summary: 'a cheap model where its chance of being right is high enough, else a strong one',
  options,
  async fit(wrapped, chosen, ctx) {
    throwIfAborted(ctx);
    const { input } = wrapped;
    const { models } = input;
    const valuation = await fitValuation(NAME, wrapped, chosen, ctx);
    const strong = chosen.strong ?? bestModel(NAME, input);
    const cheap = chosen.cheap ?? cheapestModel(NAME, input, valuation.costs);
    assertKnown(NAME, models, [cheap, strong]);
    if (cheap === strong)
      ctx.logger?.warn(`${NAME}: ${cheap} is both the cheap and the strong model: it always answers`);
    const unit = valuation.calibration ? 'chance' : 'lead';
    if (chosen.threshold !== undefined && unit === 'lead')
      throw new RouteProfileError(
        'UNSUPPORTED',
        `${NAME}: there are no chances of being right to compare with a threshold`,
        {
          hint: 'Train on outcomes between 0 and 1, or leave the threshold out: it is then learned on scores, for costShare.',
        },
      );
    const place = { cheap: models.indexOf(cheap), strong: models.indexOf(strong) };
    const threshold =
      chosen.threshold ??
      thresholdFor(
        confidences(await valuation.values(), models.length, place, unit),
        columnMeans(valuation.costs, models.length),
        place,
        chosen.costShare,
      );
    if (threshold === null)
      throw new RouteProfileError('UNSUPPORTED', `${NAME}: what ${cheap} and ${strong} cost is not known`, {
        hint: 'Give outcomes a cost or candidates a price with tokens per task, or give the threshold yourself.',
      });
    return storeValuation(valuation, { cheap, strong, threshold, unit } satisfies Threshold);
  },
  wrap(router, learned) {
    const own = parsePart(NAME, 'state', state, learned.state);
    return withThreshold(withValuation(router, restoreValuation(NAME, learned)), own);
  },
});

interface Place {
  cheap: number;
  strong: number;
}

function confidences(values: Float64Array, models: number, { cheap, strong }: Place, unit: Threshold['unit']) {
  return Float64Array.from({ length: values.length / models }, (_, q) => {
    const value = values[q * models + cheap]!;
    return unit === 'chance' ? value : value - values[q * models + strong]!;
  });
}

/** The highest threshold at which mean costs come down to the share; where none does, the one that sends least to the strong model. */
function thresholdFor(own: Float64Array, costs: Float64Array, { cheap, strong }: Place, share: number): number | null {
  const [low, high] = [costs[cheap]!, costs[strong]!];
  if (Number.isNaN(low) || Number.isNaN(high) || own.length === 0) return null;
  const sorted = own.slice().sort().reverse();
  // k queries to the cheap model: k · low + (n − k) · high ≤ share · n · high.
  const needed = high > low ? Math.ceil((sorted.length * high * (1 - share)) / (high - low)) : sorted.length;
  return sorted[Math.min(sorted.length, Math.max(1, needed)) - 1]!;
}
