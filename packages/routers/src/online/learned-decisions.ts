import {
  createRandom,
  explained,
  normalizeRows,
  queryVectors,
  rowOf,
  type Decision,
  type QueryBatch,
  type RankedModel,
  type Router,
} from '@routeprofile/schema';
import { drawnFrom } from '../wrappers/exploration.js';
import { chancesOfAnswers, choosesByWorth, worths } from '../wrappers/worth.js';
import { wrapDecisions } from '../wrappers/wrapped.js';
import type { Features } from './window.js';
import { winShares } from './win-shares.js';

/** What is thought of one model for one query after learning. */
interface Estimate {
  /** Chance of a correct answer, in [0, 1]. */
  chance: number;
  /** How unsure that is, in chances; 0 where the learner does not say. */
  deviation: number;
  /** How many judged answers of this model it rests on, those to less similar queries counting less; 0: none, and the chance is the router's. */
  weight: number;
}

/** What was learned, applied to one query. @param query as the learner sees it; null where it sees nothing @returns the estimate of a model, given the router's chance */
export type Learned = (query: Float32Array | null) => (model: number, chance: number) => Estimate;

/** How a model is chosen from estimates. */
export type Choice =
  /** The one of the highest chance. */
  | { by: 'chance' }
  /** Of the highest chance + alpha · deviation. */
  | { by: 'optimism'; alpha: number }
  /** Each as often as it wins among `draws` draws from normal distributions with deviation · scale. */
  | { by: 'draws'; scale: number; draws: number };

/** A fitted router and what was learned around it. */
export interface LearnedAround {
  /** The learner's name. */
  name: string;
  router: Router;
  /** Length of the vectors that were learned from; null without. */
  dimensions: number | null;
  /** How queries are seen. */
  features: Features;
  /** null before anything was learned. */
  learned: Learned | null;
  choice: Choice;
  seed: number;
}

/**
 * The router with its chances changed by what was learned. A model's worth changes by as much as its chance, so that costs that the router
 * weighs go on counting. A decision of which nothing is known stays as it is, bit for bit, and so does one where a rule chose.
 */
export function learnedRouter({ name, router, dimensions, features, learned, choice, seed }: LearnedAround): Router {
  const place = new Map(router.models.map((model, m) => [model, m]));
  return wrapDecisions(
    router,
    (queries) => {
      const vectorOf = learned ? unitVectors(name, queries, dimensions) : () => null;
      return (decision, q) => {
        // Asked before anything is learned too: a router without chances is refused at once, not with the first feedback.
        const chances = chancesOfAnswers(name, decision);
        if (!learned) return decision;
        const estimate = learned(features(vectorOf(q)));
        const estimates = decision.ranked.map(({ model }, i) => estimate(place.get(model)!, chances[i]!));
        if (estimates.every(({ weight }) => weight === 0)) return decision;
        const worth = worths(name, decision);
        if (!choosesByWorth(worth))
          return explained(
            decision,
            name,
            `a rule chose ${decision.model}; what was learned counts where chances choose`,
          );
        const bonus = choice.by === 'optimism' ? choice.alpha : 0;
        const ranked = decision.ranked
          .map((entry, i) => relearned(entry, worth[i]!, chances[i]!, estimates[i]!, bonus))
          // Equals stay in the order of the fitted router, which may know more than their chances say.
          .sort((a, b) => b.score - a.score);
        if (choice.by !== 'draws') return reasoned(name, decision, ranked, estimates, bonus);
        const deviations = new Map(decision.ranked.map(({ model }, i) => [model, estimates[i]!.deviation]));
        const shares = winShares(
          ranked.map(({ score, model }) => ({ mean: score, deviation: deviations.get(model)! * choice.scale })),
          choice.draws,
          createRandom(seed, name, 'estimates', queries.ids?.[q] ?? queries.texts[q]!),
        );
        const explored = ranked.flatMap(({ model, score }, i) =>
          shares[i]! > 0 ? [{ model, chance: shares[i]!, loss: ranked[0]!.score - score }] : [],
        );
        const best = reasoned(name, decision, ranked, estimates, bonus);
        const random = createRandom(seed, name, 'draw', queries.ids?.[q] ?? queries.texts[q]!);
        return drawnFrom(best, explored, random.float(), name, `of ${choice.draws} draws from what was learned`);
      };
    },
    { sameScores: false },
  );
}

function unitVectors(name: string, queries: QueryBatch, dimensions: number | null): (q: number) => Float32Array | null {
  if (dimensions === null) return () => null;
  const vectors = normalizeRows(queryVectors(name, queries, { what: 'judged decisions', encoder: null, dimensions }));
  return (q) => rowOf(vectors, q);
}

function relearned(
  entry: RankedModel,
  worth: number,
  before: number,
  { chance, deviation, weight }: Estimate,
  bonus: number,
): RankedModel {
  const value = weight === 0 && bonus === 0 ? worth : worth + (chance - before) + bonus * deviation;
  return {
    ...entry,
    score: value,
    ...((entry.value !== undefined || bonus !== 0) && { value }),
    ...(weight > 0 && { probability: chance, fitted: before }),
  };
}

function reasoned(
  name: string,
  decision: Decision,
  ranked: RankedModel[],
  estimates: readonly Estimate[],
  bonus: number,
): Decision {
  const { model, probability, fitted } = ranked[0]!;
  const { weight, deviation } = estimates[decision.ranked.findIndex((entry) => entry.model === model)]!;
  const unknown = bonus === 0 ? '' : `; what is not known of it counts as ${(bonus * deviation).toFixed(2)} more`;
  const text =
    weight > 0
      ? `${model} is right with chance ${probability!.toFixed(2)} by ${weight.toFixed(1)} judged answers and the router, which alone says ${fitted!.toFixed(2)}`
      : `${model} has no judged answers that count here; it is worth most now that other models have some`;
  return explained({ ...decision, model, ranked }, name, text + unknown);
}
