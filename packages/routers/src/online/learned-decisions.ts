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
import type { Evidence } from './evidence.js';
import { openFirst, provenBetter } from './gate.js';
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
  /** What judged answers say beyond doubt, without which the router's choice is not left; null: what was learned is followed at once. */
  evidence: Evidence | null;
  choice: Choice;
  seed: number;
}

/**
 * The router with its chances changed by what was learned. A model's worth changes by as much as its chance, so that costs that the router
 * weighs go on counting. A decision of which nothing is known stays as it is, bit for bit, and so does one where a rule chose. Another model than the router's is
 * chosen where the evidence allows it (`provenBetter`); among those that may be chosen the learner chooses as it does.
 */
export function learnedRouter(around: LearnedAround): Router {
  const { name, router, dimensions, features, learned, evidence, choice, seed } = around;
  const place = new Map(router.models.map((model, m) => [model, m]));
  return wrapDecisions(
    router,
    (queries) => {
      const vectorOf = learned ? unitVectors(name, queries, dimensions) : () => null;
      return (decision, q) => {
        // Asked before anything is learned too: a router without chances is refused at once, not with the first feedback.
        const chances = chancesOfAnswers(name, decision);
        if (!learned) return decision;
        const point = features(vectorOf(q));
        const estimate = learned(point);
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
        const byLearner = decision.ranked
          .map((entry, i) => relearned(entry, worth[i]!, chances[i]!, estimates[i]!, bonus))
          // Equals stay in the order of the fitted router, which may know more than their chances say.
          .sort((a, b) => b.score - a.score);
        const stays = byLearner[0]!.model === decision.model && choice.by !== 'draws';
        const open = evidence && !stays ? provenBetter(evidence(point), decision, place, worth, chances) : null;
        const ranked = open ? openFirst(byLearner, open) : byLearner;
        const chosen = reasoned(name, decision, ranked, estimates, bonus, byLearner[0]!);
        if (choice.by !== 'draws') return chosen;
        const deviations = new Map(decision.ranked.map(({ model }, i) => [model, estimates[i]!.deviation]));
        const among = open ? ranked.filter(({ model }) => open.has(model)) : ranked;
        const shares = winShares(
          among.map(({ score, model }) => ({ mean: score, deviation: deviations.get(model)! * choice.scale })),
          choice.draws,
          createRandom(seed, name, 'estimates', queries.ids?.[q] ?? queries.texts[q]!),
        );
        const explored = among.flatMap(({ model, score }, i) =>
          shares[i]! > 0 ? [{ model, chance: shares[i]!, loss: among[0]!.score - score }] : [],
        );
        const random = createRandom(seed, name, 'draw', queries.ids?.[q] ?? queries.texts[q]!);
        return drawnFrom(chosen, explored, random.float(), name, `of ${choice.draws} draws from what was learned`);
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

/** @param ahead the model that the learner would choose at once */
function reasoned(
  name: string,
  decision: Decision,
  ranked: RankedModel[],
  estimates: readonly Estimate[],
  bonus: number,
  ahead: RankedModel,
): Decision {
  const { model, probability, fitted } = ranked[0]!;
  const { weight, deviation } = estimates[decision.ranked.findIndex((entry) => entry.model === model)]!;
  const unknown = bonus === 0 ? '' : `; what is not known of it counts as ${(bonus * deviation).toFixed(2)} more`;
  const text =
    weight > 0
      ? `${model} is right with chance ${probability!.toFixed(2)} by ${weight.toFixed(1)} judged answers and the router, which alone says ${fitted!.toFixed(2)}`
      : `${model} has no judged answers that count here; it is worth most now that other models have some`;
  const held =
    ahead.model === model
      ? ''
      : `; ${ahead.model} may be worth more (${ahead.score.toFixed(2)} to ${ranked[0]!.score.toFixed(2)}), which is not proven yet`;
  return explained({ ...decision, model, ranked }, name, text + unknown + held);
}
