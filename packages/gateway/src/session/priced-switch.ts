import { inputTokens } from '@routeprofile/providers';
import { tokenEstimate } from '@routeprofile/routers';
import type { Candidate, Decision, RankedModel, Usage } from '@routeprofile/schema';
import { hitCost, missCost, type TurnTokens } from './turn-cost.js';

/** What the last answer of a conversation took. */
export interface LastAnswer {
  usage: Usage;
  /** Tokens of its prompt as they had been estimated. */
  estimated: number;
  /** When it ended, milliseconds since 1970. */
  at: number;
}

/** What decides whether a conversation moves. */
export interface PricedTurn {
  /** The candidate that answered last. */
  model: string;
  last: LastAnswer;
  /** Whether its provider still has what was said in its cache. */
  cached: boolean;
  /** Tokens of the prompt now, estimated as those of the last one were. */
  promptTokens: number;
  /** The router's decision on this turn. */
  decision: Decision;
  /** λ of that decision, in chances of being right (or score units) per dollar. */
  lambda: number;
  /** What moving must be worth beyond its price, in the same units. */
  margin: number;
  /** Those that may answer, by id; undefined for any other. */
  candidateOf: (model: string) => Candidate | undefined;
}

/** A move that is worth its price. */
export interface Move {
  model: string;
  /** By how much the other is worth more than the price of moving and λ times what it costs, in chances (or score units). */
  gain: number;
  /** Dollars of this turn with the other, and where the conversation is. */
  cost: number;
  stayCost: number;
}

/**
 * The candidate to which it is worth moving a conversation: v′ − λ · miss′ > v − λ · hit + margin. v is the chance of being right where the
 * router knows it, else its score. Null where none is, or prices or costs are not known.
 */
export function moveWorth(turn: PricedTurn): Move | null {
  const { model, decision, lambda, margin, cached, candidateOf } = turn;
  const own = decision.ranked.find((one) => one.model === model);
  const ownWorth = own && worthOf(own, lambda);
  const ownPrice = candidateOf(model)?.price;
  if (ownWorth === undefined || ownPrice === undefined) return null;
  const tokens = (one: Candidate) => turnTokens(turn, one);
  const costHere = cached ? hitCost : missCost;
  const stayCost = costHere(ownPrice, tokens(candidateOf(model)!));
  let best: Move | null = null;
  for (const entry of decision.ranked) {
    const candidate = entry.model === model ? undefined : candidateOf(entry.model);
    const worth = worthOf(entry, lambda);
    if (candidate?.price === undefined || worth === undefined) continue;
    const cost = missCost(candidate.price, tokens(candidate));
    const gain = worth - lambda * cost - (ownWorth - lambda * stayCost) - margin;
    if (gain > (best?.gain ?? 0)) best = { model: entry.model, gain, cost, stayCost };
  }
  return best;
}

/** Value before costs: what `withCost` has subtracted is added again where there are no chances. */
function worthOf({ probability, score, expectedCost }: RankedModel, lambda: number): number | undefined {
  if (probability !== undefined) return probability;
  return expectedCost === undefined ? undefined : score + lambda * expectedCost;
}

/** Counts by the last answer's: what its server counted per token that was estimated, and how long it was where the candidate does not say. */
function turnTokens({ last, promptTokens }: PricedTurn, candidate: Candidate): TurnTokens {
  const read = inputTokens(last.usage);
  const prompt = last.estimated > 0 && read > 0 ? (promptTokens * read) / last.estimated : promptTokens;
  const prefix = Math.min(prompt, read + last.usage.output);
  return {
    prefix,
    fresh: prompt - prefix,
    output: tokenEstimate(candidate, last.usage.output).use.output ?? last.usage.output,
  };
}
