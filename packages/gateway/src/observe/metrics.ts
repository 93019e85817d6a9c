import type { Attempt, DecisionRecord } from '../contracts/record.js';
import type { Feedback, FeedbackFate } from '../contracts/store.js';
import type { PacedState } from '../money/pacers.js';
import type { DriftLook } from './drift/drift.js';
import type { VerifyResult } from '../verify/verifying.js';
import { createRegistry, type Spread, type Sum } from './exposition.js';

/** Seconds; those that OpenTelemetry's conventions for GenAI name. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/** Seconds of what the gateway itself takes. */
const OVERHEAD_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** Stands for the fault of an attempt without one. */
const OK = 'ok';

/** What is known of one endpoint now. */
export interface EndpointState {
  endpoint: string;
  candidate: string;
  /** Whether it may be tried now. */
  usable: boolean;
  /** Requests under way. */
  outstanding: number;
  /** Milliseconds to the first content, a moving average; absent before the first answer. */
  firstContentMs?: number;
}

/** Series that a request counts in, by all that their labels say. */
interface RequestSeries {
  requests: Sum;
  decisions: Sum;
  /** Absent where nobody answered. */
  served?: Sum;
  overheads?: Spread;
}

/** Series that an attempt counts in, by all that their labels say; absent where nothing was counted yet. */
interface AttemptSeries {
  attempts: Sum;
  durations: Spread;
  firsts?: Spread;
  dollars?: Sum;
  tokens?: { input: Sum; cacheRead: Sum; cacheWrite: Sum; output: Sum };
}

/** What is looked up by many labels, found by one text. */
function lookedUp<T>(): (key: string, find: () => T) => T {
  const known = new Map<string, T>();
  return (key, find) => {
    const one = known.get(key);
    if (one !== undefined) return one;
    const found = find();
    // Labels are words of short lists; should they not be, what is forgotten is found again.
    if (known.size >= MOST_LOOKED_UP) known.clear();
    known.set(key, found);
    return found;
  };
}
const MOST_LOOKED_UP = 2_000;

/** Counts what a gateway does. Labels are names of the configuration and words of short lists, so that no client can make them many. */
export interface Metrics {
  /** A reply has begun, or a refusal. @param path one that the gateway has, or `other` */
  replied(path: string, status: number): void;
  /** A request has ended, in whatever way. @param overheadMs milliseconds before the first attempt; undefined where none was made */
  ended(record: DecisionRecord, overheadMs: number | undefined): void;
  /** Something was said of an answer. @param name of the feedback, one of the configuration or `other` */
  judged(name: string, said: Pick<Feedback, 'source' | 'score'>, fate: FeedbackFate): void;
  /** A verifier is done with an answer. @param dollars that it took */
  verified(name: string, result: VerifyResult, dollars: number): void;
  /** In the text format of Prometheus. */
  text(): string;
}

/**
 * @param endpoints their present state
 * @param underWay requests that have not ended
 * @param paced budgets whose λ moves
 * @param drift undefined where nothing is watched
 */
export function createMetrics(
  endpoints: () => Iterable<EndpointState>,
  underWay: () => number,
  paced: () => readonly PacedState[] = () => [],
  drift: () => DriftLook | undefined = () => undefined,
): Metrics {
  const registry = createRegistry();
  const replies = registry.counter('routeprofile_replies_total', 'Replies by path and HTTP status.', [
    'path',
    'status',
  ]);
  const requests = registry.counter(
    'routeprofile_requests_total',
    'Requests for an answer that were decided on, by what the client got: 499 stands for one that left.',
    ['route', 'wire', 'status'],
  );
  const decisions = registry.counter(
    'routeprofile_decisions_total',
    'Decisions by the model chosen and the kind of the first reason, such as late, failed or pinned.',
    ['route', 'model', 'reason'],
  );
  const served = registry.counter('routeprofile_served_total', 'Answers by the model that gave them.', [
    'route',
    'model',
  ]);
  const attempts = registry.counter(
    'routeprofile_attempts_total',
    'Calls of endpoints, by what went wrong; ok where nothing did.',
    ['endpoint', 'model', 'fault'],
  );
  const tokens = registry.counter(
    'routeprofile_tokens_total',
    'Tokens by model and kind; reasoning is part of output.',
    ['model', 'kind'],
  );
  const dollars = registry.counter('routeprofile_cost_dollars_total', 'Dollars of all attempts, by model.', ['model']);
  const instead = registry.counter(
    'routeprofile_best_single_cost_dollars_total',
    'Dollars that the best single model would have cost, where it is known: estimated with the tokens of the answers given.',
    ['route'],
  );
  const compared = registry.counter(
    'routeprofile_compared_cost_dollars_total',
    'Dollars of those requests for which the cost of the best single model is known.',
    ['route'],
  );
  const durations = registry.histogram(
    'routeprofile_attempt_duration_seconds',
    'From calling an endpoint to the end of its answer.',
    ['model', 'wire'],
    SECONDS,
  );
  const firsts = registry.histogram(
    'routeprofile_time_to_first_content_seconds',
    'From calling an endpoint to the first content of its answer.',
    ['model', 'wire'],
    SECONDS,
  );
  const overheads = registry.histogram(
    'routeprofile_overhead_seconds',
    'From the arrival of a request to its first attempt: reading and deciding.',
    ['route'],
    OVERHEAD_SECONDS,
  );
  const feedback = registry.counter(
    'routeprofile_feedback_total',
    'What was said of answers, by its name where the configuration has that, by who said it, and by what came of it.',
    ['name', 'source', 'status'],
  );
  const scored = registry.counter(
    'routeprofile_feedback_scored_total',
    'Feedback with a score, each judgement once: what replaced another is counted too, as is what it replaced.',
    ['name', 'source'],
  );
  const scores = registry.counter(
    'routeprofile_feedback_score_sum',
    'Sum of the scores counted by routeprofile_feedback_scored_total, each from 0 to 1.',
    ['name', 'source'],
  );
  const checks = registry.counter(
    'routeprofile_checks_total',
    'Checks of answers by verifiers, by what came of them: scored, untold, failed, or dropped as too many waited or the answer was too long.',
    ['verifier', 'result'],
  );
  const checkDollars = registry.counter('routeprofile_checks_cost_dollars_total', 'Dollars that checks took.', [
    'verifier',
  ]);
  registry.gauge(
    'routeprofile_endpoint_usable',
    '1 where an endpoint may be tried now, else 0.',
    ['endpoint', 'model'],
    function* () {
      for (const { endpoint, candidate, usable } of endpoints()) yield [[endpoint, candidate], usable ? 1 : 0];
    },
  );
  registry.gauge(
    'routeprofile_endpoint_outstanding',
    'Requests under way at an endpoint.',
    ['endpoint', 'model'],
    function* () {
      for (const { endpoint, candidate, outstanding } of endpoints()) yield [[endpoint, candidate], outstanding];
    },
  );
  registry.gauge(
    'routeprofile_endpoint_first_content_seconds',
    'Time to the first content as load balancing sees it: a moving average that rises at once and falls slowly.',
    ['endpoint', 'model'],
    function* () {
      for (const { endpoint, candidate, firstContentMs } of endpoints())
        if (firstContentMs !== undefined) yield [[endpoint, candidate], firstContentMs / 1_000];
    },
  );
  registry.gauge('routeprofile_drift_streams', 'Streams that are watched for a change.', [], () => [
    [[], drift()?.streams ?? 0],
  ]);
  registry.gauge(
    'routeprofile_drift_flag',
    '1 for each stream that has changed since the configuration was loaded; worse is yes, no, or empty where neither is.',
    ['stream', 'worse'],
    function* () {
      for (const { stream, worse } of drift()?.flags ?? [])
        yield [[stream, worse === undefined ? '' : worse ? 'yes' : 'no'], 1];
    },
  );
  registry.gauge('routeprofile_requests_under_way', 'Requests that have not ended.', [], () => [[[], underWay()]]);

  const repliesOf = lookedUp<Sum>();
  const requestsOf = lookedUp<RequestSeries>();
  const attemptsOf = lookedUp<AttemptSeries>();
  const count = ({ endpoint, candidate, fault, usage, cost, totalMs, firstContentMs }: Attempt, wire: string) => {
    const own = attemptsOf([endpoint, candidate, fault ?? OK, wire].join('\0'), () => ({
      attempts: attempts.of([endpoint, candidate, fault ?? OK]),
      durations: durations.of([candidate, wire]),
    }));
    own.attempts.value++;
    own.durations.observe(totalMs / 1_000);
    if (firstContentMs !== undefined) (own.firsts ??= firsts.of([candidate, wire])).observe(firstContentMs / 1_000);
    if (cost !== undefined) (own.dollars ??= dollars.of([candidate])).value += cost;
    if (usage === undefined) return;
    const taken = (own.tokens ??= {
      input: tokens.of([candidate, 'input']),
      cacheRead: tokens.of([candidate, 'cache_read']),
      cacheWrite: tokens.of([candidate, 'cache_write']),
      output: tokens.of([candidate, 'output']),
    });
    taken.input.value += usage.uncachedInput;
    taken.cacheRead.value += usage.cacheRead;
    taken.cacheWrite.value += usage.cacheWrite;
    taken.output.value += usage.output;
  };
  registry.gauge(
    'routeprofile_budget_lambda',
    'What a dollar is worth to a paced budget, in chances of being right per dollar.',
    ['budget'],
    function* () {
      for (const { scope, lambda } of paced()) yield [[scope], lambda];
    },
  );
  registry.gauge(
    'routeprofile_budget_left_dollars',
    'Dollars left of a paced budget in its present window; absent before its first request.',
    ['budget'],
    function* () {
      for (const { scope, left } of paced()) if (left !== undefined) yield [[scope], left];
    },
  );

  return {
    replied: (path, status) => repliesOf(`${status} ${path}`, () => replies.of([path, String(status)])).value++,
    ended(record, overheadMs) {
      const { wire, status, model, served: by, cost, bestSingle } = record;
      // A request that named its model has no route.
      const route = record.route ?? '';
      const reason = record.reasons[0]?.kind ?? '';
      const own = requestsOf([route, wire, status, model, reason, by].join('\0'), () => ({
        requests: requests.of([route, wire, String(status)]),
        decisions: decisions.of([route, model, reason]),
        ...(by !== null && { served: served.of([route, by]) }),
      }));
      own.requests.value++;
      own.decisions.value++;
      if (own.served) own.served.value++;
      if (overheadMs !== undefined) (own.overheads ??= overheads.of([route])).observe(overheadMs / 1_000);
      if (bestSingle !== undefined && cost !== undefined) {
        instead.add([route], bestSingle.cost);
        compared.add([route], cost);
      }
      for (const attempt of record.attempts) count(attempt, wire);
    },
    judged(name, { source, score }, fate) {
      feedback.add([name, source, fate]);
      if (score === undefined || fate === 'duplicate') return;
      scored.add([name, source]);
      scores.add([name, source], score);
    },
    verified(name, result, dollars) {
      checks.add([name, result]);
      if (dollars > 0) checkDollars.add([name], dollars);
    },
    text: () => registry.text(),
  };
}
