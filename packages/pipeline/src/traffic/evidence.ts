import { fitOffPolicy, judgedShares, type OffPolicyEvidence } from '@routeprofile/eval';
import type { Matrix, RunContext } from '@routeprofile/schema';
import type { LoggedDecision } from './decision.js';

/** Decisions of a log as evidence for or against routers. */
export interface TrafficEvidence {
  evidence: OffPolicyEvidence;
  /** Names → indices into `evidence.models`. */
  place: ReadonlyMap<string, number>;
}

/**
 * Evidence of decisions of which some were judged.
 * @param models that a router may choose, whether or not the log has them
 * @param vectors shape [decisions × dimensions]; what rewards are expected from
 */
export function trafficEvidence(
  decisions: readonly LoggedDecision[],
  models: readonly string[],
  vectors: Matrix | undefined,
  ctx: Pick<RunContext, 'seed' | 'signal' | 'onProgress'>,
): TrafficEvidence {
  const names = [...new Set([...models, ...decisions.map(({ model }) => model)])];
  const place = new Map(names.map((name, m) => [name, m]));
  const width = names.length;
  const chosen = Int32Array.from(decisions, ({ model }) => place.get(model)!);
  const score = new Float64Array(decisions.length * width).fill(NaN);
  const cost = score.slice();
  decisions.forEach(({ reward, cost: dollars }, row) => {
    const k = row * width + chosen[row]!;
    score[k] = reward ?? NaN;
    cost[k] = dollars ?? NaN;
  });
  const evidence = fitOffPolicy(
    {
      ...{ models: names, chosen, score, cost, judged: judgedShares(chosen, score, width) },
      propensities: { of: 'chosen', values: Float64Array.from(decisions, ({ propensity }) => propensity) },
      ...(vectors && { vectors }),
    },
    ctx,
  );
  return { evidence, place };
}

/** The policy that makes these choices. */
export const policyOf = ({ place }: TrafficEvidence, choices: readonly string[]): { choices: Int32Array } => ({
  choices: Int32Array.from(choices, (model) => place.get(model)!),
});

/** How much of a log was judged, and by which chance it was drawn. */
export interface TrafficSummary {
  decisions: number;
  judged: number;
  /** Decisions on which another model could have been drawn: their chance is below 1. */
  explored: number;
  leastPropensity: number;
  /** Milliseconds since 1970; null where the log does not say. */
  from: number | null;
  to: number | null;
  byModel: ModelTraffic[];
}

/** What a log holds of one model. */
export interface ModelTraffic {
  model: string;
  decisions: number;
  judged: number;
  /** Mean of what was judged; null where nothing was. */
  meanReward: number | null;
}

export function summaryOf(decisions: readonly LoggedDecision[]): TrafficSummary {
  const byModel = new Map<string, { decisions: number; rewards: number[] }>();
  let [explored, least, from, to] = [0, 1, Infinity, -Infinity];
  for (const { model, propensity, reward, at } of decisions) {
    const own = byModel.get(model) ?? { decisions: 0, rewards: [] };
    byModel.set(model, own);
    own.decisions++;
    if (reward !== null) own.rewards.push(reward);
    if (propensity < 1) explored++;
    least = Math.min(least, propensity);
    if (at !== null) [from, to] = [Math.min(from, at), Math.max(to, at)];
  }
  const models = [...byModel].map(([model, { decisions: given, rewards }]) => ({
    model,
    decisions: given,
    judged: rewards.length,
    meanReward: rewards.length === 0 ? null : rewards.reduce((a, b) => a + b, 0) / rewards.length,
  }));
  return {
    decisions: decisions.length,
    judged: models.reduce((sum, { judged }) => sum + judged, 0),
    explored,
    leastPropensity: least,
    from: from === Infinity ? null : from,
    to: to === -Infinity ? null : to,
    byModel: models.sort((a, b) => b.decisions - a.decisions),
  };
}
