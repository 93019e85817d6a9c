import {
  defineWrapper,
  parsePart,
  RouteProfileError,
  throwIfAborted,
  z,
  type Router,
  type RouterInput,
} from '@routeprofile/schema';
import { standings } from '@routeprofile/numerics';
import { columnMeans } from '../estimates/measured.js';
import { assertLearnedOf } from './learned.js';
import { assertCosts, cheapestWithin, trainingLedger, trialOf, type TrainingLedger } from './operating-point.js';
import { assertKnown } from './standing.js';
import { chance } from './threshold.js';
import { fitValuation, storeValuation, valuationOptions, withLearnedValuation } from './valuation.js';
import { entryOf, promoted, wrapDecisions } from './wrapped.js';

const NAME = 'cascade';

/** Names in one text, separated by semicolons, or a list. */
export const namesSchema = z.union([
  z.array(z.string().min(1)),
  z.string().transform((text) =>
    text
      .split(';')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
]);

const options = z.strictObject({
  /** Cheap to strong: `A;B;C`. Default: the models that no other beats in both mean outcome and cost on training rows. */
  models: namesSchema.optional(),
  /** Least chance of being right, in [0, 1], at which a model answers; learned for `within` if absent. */
  threshold: z.number().min(0).max(1).optional(),
  /** How much worse than the best single model the learned threshold may leave the choices, in mean outcome on training rows. Default 0.02. */
  within: z.number().min(0).max(1).default(0.02),
  ...valuationOptions,
});
export type CascadeOptions = z.infer<typeof options>;

const state = z.object({ models: z.array(z.string()).min(1), threshold: z.number() });
/** A ladder of models, cheap to strong, and the chance of being right, in [0, 1], from which on a model answers. */
export type Cascade = z.infer<typeof state>;

/**
 * The first model of the ladder whose chance of being right is at least the threshold, else its last. It decides on the chance
 * predicted before any model is asked, so that one call is made and paid; `replayCascade` replays the kind that asks first.
 * Models left out by a wrapper inside are passed over.
 *
 * @param router decisions carry `probability` (`withCalibration`)
 * @throws RouteProfileError UNKNOWN_NAME for a model of the ladder that the router does not know; UNSUPPORTED from `decide` for
 *   decisions without chances
 */
export function withCascade(router: Router, { models, threshold }: Cascade): Router {
  assertKnown(NAME, router.models, models);
  return wrapDecisions(
    router,
    () => (decision) => {
      const ladder = models.filter((model) => entryOf(decision, model));
      if (ladder.length === 0) return decision;
      const step = ladder.findIndex((model) => chance(decision, model) >= threshold);
      const model = ladder[step < 0 ? ladder.length - 1 : step]!;
      const passed = step < 0 ? ladder.length - 1 : step;
      const own = `${model} is right with chance ${chance(decision, model).toFixed(2)}`;
      const text =
        step < 0
          ? `nothing reaches a chance of ${threshold.toFixed(2)}; the last of the ladder answers: ${own}`
          : `${own}, at least ${threshold.toFixed(2)}${passed > 0 ? `; ${ladder.slice(0, passed).join(', ')} ${passed > 1 ? 'are' : 'is'} not` : ''}`;
      return promoted(decision, model, NAME, text);
    },
    { sameScores: false },
  );
}

/** `withCascade` with ladder and threshold learned from training rows. */
export const cascadeWrapper = defineWrapper<CascadeOptions>({
  name: NAME,
  summary: 'the cheapest model that is likely enough to be right, else the next one',
  options,
  async fit(wrapped, chosen, ctx) {
    throwIfAborted(ctx);
    const { input } = wrapped;
    const valuation = await fitValuation(NAME, wrapped, chosen, ctx);
    if (!valuation.calibration)
      throw new RouteProfileError('UNSUPPORTED', `${NAME}: there are no chances of being right to escalate on`, {
        hint: 'Train on outcomes between 0 and 1.',
      });
    if (chosen.models) assertKnown(NAME, input.models, chosen.models);
    const models = chosen.models ?? efficientModels(input, valuation.costs);
    const threshold =
      chosen.threshold ??
      learnedThreshold(
        trainingLedger(NAME, input, valuation.costs),
        await valuation.values(),
        models.map((model) => input.models.indexOf(model)),
        chosen.within,
      );
    return storeValuation(valuation, { models, threshold } satisfies Cascade);
  },
  wrap(router, learned) {
    const own = parsePart(NAME, 'state', state, learned.state);
    assertLearnedOf(NAME, own.models, router);
    return withCascade(withLearnedValuation(NAME, router, learned), own);
  },
});

/** Cheap to dear, each better than all before it. */
function efficientModels({ models, training }: RouterInput, costs: Float64Array): string[] {
  assertCosts(NAME, costs);
  const quality = standings(models, training)?.worth ?? new Float64Array(models.length).fill(NaN);
  const means = columnMeans(costs, models.length);
  const order = [...models.keys()]
    .filter((m) => !Number.isNaN(means[m]!) && !Number.isNaN(quality[m]!))
    .sort((a, b) => means[a]! - means[b]! || quality[b]! - quality[a]!);
  const out: number[] = [];
  for (const m of order) if (out.length === 0 || quality[m]! > quality[out[out.length - 1]!]!) out.push(m);
  return out.map((m) => models[m]!);
}

const GRID = 200;

/** The cheapest threshold within reach of the best single model; rows that a choice was not measured on are judged without it. */
function learnedThreshold(ledger: TrainingLedger, values: Float64Array, ladder: number[], within: number): number {
  const width = ledger.models.length;
  const ladders = Array.from(ledger.queries, (q) => {
    const own = ladder.filter((m) => ledger.measured(q, m));
    return own.length > 0 ? own : [...ledger.models.keys()].filter((m) => ledger.measured(q, m));
  });
  const seen = Float64Array.from([...ledger.queries].flatMap((q) => ladder.map((m) => values[q * width + m]!))).sort();
  const trials = Array.from({ length: GRID + 1 }, (_, i) => {
    const threshold = i === GRID ? 1 : seen[Math.floor((i * seen.length) / GRID)]!;
    const choices = ladders.map((own, i) => {
      const q = ledger.queries[i]!;
      return own.find((m) => values[q * width + m]! >= threshold) ?? own[own.length - 1]!;
    });
    return { threshold, ...trialOf(ledger, choices) };
  });
  return cheapestWithin(trials, ledger.bestSingle.quality - within).threshold;
}
