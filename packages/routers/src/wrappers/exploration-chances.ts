import { softmax } from '@routeprofile/numerics';
import { parseOptions, z, type Decision } from '@routeprofile/schema';
import { choosesByWorth, worths } from './worth.js';

export const NAME = 'explore';
/** `ExplorationSettings`, checked. */
export const explorationSettings = z
  .strictObject({
    temperature: z.number().gt(0).optional(),
    epsilon: z.number().gt(0).max(1).optional(),
    within: z.number().min(0).max(1).default(0.05),
    floor: z.number().min(0).max(1).optional(),
    unit: z.enum(['chance', 'score']).default('chance'),
  })
  .refine(({ temperature, epsilon }) => temperature === undefined || epsilon === undefined, {
    error: 'give one of temperature and epsilon',
  })
  .refine(({ epsilon, floor }) => epsilon === undefined || floor === undefined, {
    error: 'a floor goes with temperature; with epsilon each model has at least epsilon / models already',
  });

/** How a router explores: which models come into question, and how one of them is drawn. */
export interface ExplorationSettings {
  /** Softmax: a model worth τ less than another is drawn 2.7 times less often. Default 0.05, unless `epsilon` is given. */
  temperature?: number;
  /** In its place: share of queries, in (0, 1], on which all models that come into question are equally likely. */
  epsilon?: number;
  /** How much less than the best a model may be worth to come into question, in chances of a correct answer (0.05: 5 of 100). Default 0.05. */
  within?: number;
  /** Least chance of each of them, with `temperature`; 1 / their number where that is less. Default 0.02. */
  floor?: number;
  /**
   * `chance`: models are compared by their chance of a correct answer, less the weight of their cost where costs are weighed. `score`: by the
   * router's scores; `within` and `temperature` are then in the unit of these scores, whatever it is. Default `chance`.
   */
  unit?: 'chance' | 'score';
}

/** A model that comes into question for a query, and with which chance it is drawn. */
export interface ExploredModel {
  model: string;
  /** In (0, 1]; they sum to 1 over the models of a decision. */
  chance: number;
  /** How much less than the best it is worth, in chances of a correct answer, or in scores. 0 of the best. */
  loss: number;
}

const TEMPERATURE = 0.05;
const FLOOR = 0.02;

/** @throws RouteProfileError BAD_OPTION */
export const checkedSettings = (settings: ExplorationSettings) =>
  parseOptions({ name: NAME, options: explorationSettings }, settings);

/**
 * With which chance each model would be drawn: of the models worth at least best − `within`, in their order,
 * p ∝ exp(worth / temperature), mixed with the uniform distribution so far that each has `floor`; or 1 − ε for the best and ε shared by
 * all. (Boltzmann exploration and ε-greedy: Sutton and Barto 2018, 2.2 and 2.8, on the near-best alone.)
 * @returns the choice alone, with chance 1, where nothing comes near it, or where a rule chose: then another model is worth more
 * @throws RouteProfileError BAD_OPTION; UNSUPPORTED for a decision without chances, unless `unit` is `score`
 */
export const explorationOf = (decision: Decision, settings: ExplorationSettings = {}): ExploredModel[] =>
  chancesOf(decision, checkedSettings(settings));

/** `explorationOf` with settings that are checked. */
export function chancesOf(decision: Decision, settings: z.infer<typeof explorationSettings>): ExploredModel[] {
  const { ranked } = decision;
  const { unit, within, epsilon } = settings;
  const worth = unit === 'score' ? Float64Array.from(ranked, ({ score }) => score) : worths(NAME, decision);
  if (!choosesByWorth(worth)) return [{ model: decision.model, chance: 1, loss: 0 }];
  const best = worth[0]!;
  const near = [...ranked.keys()].filter((i) => best - worth[i]! <= within);
  const count = near.length;
  const chances =
    epsilon === undefined
      ? floored(
          softmax(
            near.map((i) => worth[i]!),
            settings.temperature ?? TEMPERATURE,
          ),
          settings.floor ?? FLOOR,
        )
      : near.map((_, i) => epsilon / count + (i === 0 ? 1 - epsilon : 0));
  return near.map((at, i) => ({ model: ranked[at]!.model, chance: chances[i]!, loss: best - worth[at]! }));
}

/** Mixed with the uniform distribution, so that the order stays. */
function floored(chances: Float64Array, floor: number): Float64Array {
  const least = Math.min(floor, 1 / chances.length);
  return chances.map((chance) => least + (1 - chances.length * least) * chance);
}
