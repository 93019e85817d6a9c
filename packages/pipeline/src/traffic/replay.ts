import {
  loggedValue,
  offPolicyDifference,
  offPolicyGain,
  offPolicyValue,
  LEAST_EFFECTIVE_ROWS,
  type KnownVerdict,
  type Support,
  type Verdict,
} from '@routeprofile/eval';
import { RouteProfileError, type RunContext } from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import type { StepContext } from '../steps/inputs.js';
import { LeftOutCounter, type LeftOut, type LoggedDecision, type LogOptions } from './decision.js';
import { policyOf, summaryOf, trafficEvidence, type TrafficEvidence, type TrafficSummary } from './evidence.js';
import {
  choicesOn,
  openPolicy,
  vectorsOf,
  whyUnreadable,
  type Choices,
  type GivenRouter,
  type Policy,
} from './policy.js';
import { readDecisionLog } from './read-log.js';
import { conclusionOf, type Conclusion } from './conclusion.js';

/** Which routers are asked what they would have done on which log. */
export interface ReplayRequest extends LogOptions {
  /** A gateway's journal or its folder, a file of its decisions, or a dataset of logged decisions. */
  log: string;
  routers: readonly GivenRouter[];
  /** No figure on fewer effective rows. Default 100. */
  minEss?: number | undefined;
  /** Folder of the embedding cache; default the platform's. */
  cache?: string | undefined;
  /** Deals folds. Default 42. */
  seed?: number | undefined;
}

/** What a log says of one router. Rewards are on the scale of the feedback, 0 to 1 from a gateway. */
export interface ReplayedRouter {
  name: string;
  folder: string;
  strategy: string;
  /** Mean reward per query: doubly robust, self-normalised, by inverse propensities. */
  reward: { dr: Verdict; snips: Verdict; ips: Verdict };
  /** A second interval of `dr`, by an empirical Bernstein bound: it holds for any distribution of rewards, and is wide. */
  bernstein: { low: number; high: number } | null;
  costPer1k: Verdict | null;
  /** Reward minus that of the log's own choices, of the same queries. */
  difference: Verdict;
  /** Reward that the whole log would have missed against the best estimate; 0 for the best. */
  regret: Verdict;
  effectiveRows: number;
  /** Share of the decisions that it would have made as the log did. */
  agreement: number;
  /** Share of its choices by model. */
  selection: Record<string, number>;
  /** Decisions on which its first choice could not have answered, so that its next took its place. */
  replaced: number;
  conclusion: Conclusion;
}

/** What routers would have done on recorded traffic. */
export interface Replay {
  version: 1;
  log: { path: string; kind: 'journal' | 'outcomes' } & TrafficSummary;
  leftOut: LeftOut[];
  /** What the estimates take for granted, a sentence each. */
  assumes: string[];
  level: number;
  minEss: number;
  /** What the log's own choices got. */
  logged: { reward: KnownVerdict; costPer1k: KnownVerdict | null };
  routers: ReplayedRouter[];
  /** The best estimate: a router's name, or `logged`. */
  best: string;
}

/** What all estimates from traffic take for granted. */
export const ASSUMPTIONS = [
  'The chances in the log are those by which its choices were drawn.',
  'Answers are judged, or not, at random: whether somebody judges depends on the model that answered, and on nothing else.',
  'What is asked tomorrow is like what was asked in the log.',
];

/** Decisions that all routers can be asked of. @throws RouteProfileError BAD_INPUT where there are none, or none was judged */
export function usableDecisions(
  decisions: readonly LoggedDecision[],
  policies: readonly Policy[],
  leftOut: LeftOutCounter,
): LoggedDecision[] {
  const usable = decisions.filter((one) => {
    const why = policies.map((policy) => whyUnreadable(policy, one)).find((reason) => reason !== undefined);
    if (why !== undefined) leftOut.add(why);
    return why === undefined;
  });
  const said = leftOut.list().map(({ reason, rows }) => `${rows} ${reason}`);
  if (usable.length < 2)
    throw new RouteProfileError(
      'BAD_INPUT',
      `the log has no decisions that these routers can read: ${said.join('; ')}`,
      {
        hint: 'From now on keep texts, log: { text: full }, or vectors, log: { vectors: true }, in the configuration of the gateway.',
      },
    );
  if (usable.every(({ reward }) => reward === null))
    throw new RouteProfileError('BAD_INPUT', `none of the ${usable.length} decisions was judged`, {
      hint: 'Have answers judged: POST /v1/feedback with the id of the decision; see the guide "Learn from traffic".',
    });
  return usable;
}

/** Decisions with the counts of those left out added to those of the log. */
export const counterOf = (leftOut: readonly LeftOut[]): LeftOutCounter => {
  const counter = new LeftOutCounter();
  for (const { reason, rows } of leftOut) counter.add(reason, rows);
  return counter;
};

/** Models that the log's routers ranked. */
export const rankedIn = (decisions: readonly LoggedDecision[]): ReadonlySet<string> =>
  new Set(decisions.flatMap(({ allowed = [] }) => allowed));

/**
 * What routers would have got on recorded traffic, with intervals, or why the log cannot tell. Nothing is called: estimates are made of what
 * the log's choices got, weighed by their chances.
 * @throws RouteProfileError as `readDecisionLog`; BAD_INPUT for a log that these routers cannot read, or that nobody judged; and what
 *   loading a router throws
 */
export async function replay(request: ReplayRequest, context: StepContext = {}): Promise<Replay> {
  const { log: path, routers, minEss = LEAST_EFFECTIVE_ROWS, cache = defaultCacheFolder(), seed = 42 } = request;
  const ctx: RunContext = { ...context, seed };
  const log = await readDecisionLog(path, request, ctx);
  const policies: Policy[] = [];
  try {
    for (const given of routers) policies.push(await openPolicy(given, cache, ctx));
    const leftOut = counterOf(log.leftOut);
    const decisions = usableDecisions(log.decisions, policies, leftOut);
    const ranked = rankedIn(decisions);
    const asked: { policy: Policy; choices: Choices }[] = [];
    const vectors = await vectorsOf(policies[0]!, decisions, ctx);
    for (const [i, policy] of policies.entries()) {
      const own = i === 0 ? vectors : await vectorsOf(policy, decisions, ctx);
      asked.push({ policy, choices: await choicesOn(policy, decisions, own, ranked, ctx) });
    }
    const models = asked.flatMap(({ policy, choices }) => [...policy.saved.router.models, ...choices.models]);
    const traffic = trafficEvidence(decisions, models, vectors, ctx);
    return {
      version: 1,
      log: { path: log.path, kind: log.kind, ...summaryOf(decisions) },
      leftOut: leftOut.list(),
      assumes: ASSUMPTIONS,
      level: 0.95,
      minEss,
      ...judged(traffic, decisions, asked, minEss),
    };
  } finally {
    for (const policy of policies) await policy.dispose();
  }
}

function judged(
  traffic: TrafficEvidence,
  decisions: readonly LoggedDecision[],
  asked: readonly { policy: Policy; choices: Choices }[],
  leastEffectiveRows: number,
): Pick<Replay, 'logged' | 'routers' | 'best'> {
  const { evidence } = traffic;
  const options = { leastEffectiveRows };
  const own = loggedValue(evidence);
  const summary = summaryOf(decisions);
  const valued = asked.map(({ policy, choices }) => {
    const target = policyOf(traffic, choices.models);
    return { policy, choices, target, value: offPolicyValue(evidence, target, options) };
  });
  const known = valued.flatMap((one) =>
    one.value.score.dr.known ? [{ ...one, reward: one.value.score.dr.value }] : [],
  );
  const best = known.reduce<(typeof known)[number] | undefined>(
    (found, one) => (one.reward > (found?.reward ?? own.score.value) ? one : found),
    undefined,
  );
  const routers = valued.map(({ policy, choices, target, value }): ReplayedRouter => {
    const { score, cost, support, bernstein } = value;
    const difference = offPolicyGain(evidence, target, options);
    const isBest = best?.policy === policy;
    const missed = isBest
      ? ZERO
      : best
        ? offPolicyDifference(evidence, best.target, target, options).score.dr
        : turned(difference);
    return {
      name: policy.name,
      folder: policy.folder,
      strategy: policy.saved.manifest.strategy,
      reward: { dr: score.dr, snips: score.snips, ips: score.ips },
      bernstein,
      costPer1k: cost && scaled(cost.dr, 1000),
      difference,
      regret: scaled(missed, decisions.length),
      effectiveRows: support?.effectiveRows ?? 0,
      agreement: decisions.filter(({ model }, row) => model === choices.models[row]).length / decisions.length,
      selection: sharesOf(choices.models),
      replaced: choices.replaced,
      conclusion: conclusionOf(difference, summary, outOfReach(support)),
    };
  });
  return {
    logged: { reward: own.score, costPer1k: own.cost && scaledKnown(own.cost, 1000) },
    routers,
    best: best?.policy.name ?? 'logged',
  };
}

const ZERO: KnownVerdict = { known: true, value: 0, low: 0, high: 0 };

const scaledKnown = ({ value, low, high }: KnownVerdict, factor: number): KnownVerdict => ({
  known: true,
  value: factor * value,
  low: factor * low,
  high: factor * high,
});
const scaled = (verdict: Verdict, factor: number): Verdict => (verdict.known ? scaledKnown(verdict, factor) : verdict);
const turned = (verdict: Verdict): Verdict =>
  verdict.known ? { known: true, value: -verdict.value, low: -verdict.high, high: -verdict.low } : verdict;

/** Models that a router would ask and the log never did, or hardly ever, the most wanted first. */
const outOfReach = (support: Support | null): string[] =>
  (support?.byModel ?? [])
    .map(({ model, decisions, unsupportedShare }) => ({ model, lost: decisions * unsupportedShare }))
    .filter(({ lost }) => lost > 0)
    .sort((a, b) => b.lost - a.lost)
    .map(({ model }) => model);

function sharesOf(models: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const model of models) counts.set(model, (counts.get(model) ?? 0) + 1);
  return Object.fromEntries(
    [...counts].sort(([, a], [, b]) => b - a).map(([model, count]) => [model, count / models.length]),
  );
}
