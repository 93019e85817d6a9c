import type { Candidate } from '@routeprofile/schema';
import { attempt } from '../attempt/attempt.js';
import type { Outcome } from '../attempt/call.js';
import { costOfUsage } from '../attempt/usage.js';
import { FAULTS, type Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import { readsMore, type Plan, type PlannedAttempt } from '../plan.js';
import type { ReadRequest } from '../wire/read-request.js';
import type { Serving } from './context.js';
import type { Exchange } from './exchange.js';
import { outgoing } from './outgoing.js';
import { Refused } from './refused.js';
import type { Hold, Lacking, Spending } from './spending.js';

/** An attempt that failed. */
export type Failed = Extract<Outcome, { kind: 'failed' }>;
/** An attempt whose answer goes to the client. */
export type Delivering = Exclude<Outcome, Failed>;

/** What came of a plan. */
export interface Attempted {
  /** All that have ended; a stream that is under way is not among them yet. */
  attempts: Attempt[];
  delivering?: { outcome: Delivering; planned: PlannedAttempt };
  /** Settles what is under way, tells the endpoint's health, and takes it down. @returns undefined where there is nothing to settle */
  finish(ended: Attempt): Promise<void> | undefined;
  /** The last one that failed. */
  failed?: Failed;
  /** The budget that had too little for the cheapest of those that did not fit; undefined where all fitted. */
  unaffordable?: Lacking;
  /** Nobody can tell what may be spent. */
  refused?: Refused;
}

/** One request on its way. */
export interface Job {
  plan: Plan;
  read: ReadRequest;
  request: Exchange;
  /** Undefined where there is no budget. */
  spending: Spending | undefined;
  /** Headers that tie the attempts to a trace; undefined where nobody follows the request. */
  traced: Readonly<Record<string, string>> | undefined;
  /** Called before anything is sent for the first time. */
  sending(): void;
}

/**
 * Goes through a plan until an answer has content. Each endpoint is tried once, or twice where nothing could be sent; money is held
 * back before each attempt and settled after it.
 */
export async function runAttempts(job: Job, serving: Serving): Promise<Attempted> {
  const { plan } = job;
  const { leaving } = job.request;
  const { clock, snapshot } = serving;
  const began = clock.now();
  const result: Attempted = { attempts: [], finish: () => undefined };
  const tooSmall: Candidate[] = [];
  let empty = false;
  for (const planned of plan.attempts) {
    if (leaving.left || result.refused || clock.now() - began >= snapshot.config.giveUpMs) break;
    if (!tooSmall.every((than) => readsMore(planned.candidate, than))) continue;
    let outcome: Outcome | undefined = await once(planned, empty, job, serving, result);
    if (outcome?.kind === 'failed' && outcome.unsent && !leaving.left)
      outcome = (await once(planned, empty, job, serving, result)) ?? outcome;
    const signed: boolean = outcome?.kind === 'failed' && outcome.attempt.fault === 'signature';
    const unsigned: ReadRequest | undefined = signed ? withoutReasoning(job.read) : undefined;
    // An alternative would refuse the reasoning as well; without it this endpoint can answer.
    if (unsigned) outcome = (await once(planned, empty, { ...job, read: unsigned }, serving, result)) ?? outcome;
    if (outcome === undefined) continue;
    if (outcome.kind !== 'failed') {
      result.delivering = { outcome, planned };
      break;
    }
    const fault: Fault = outcome.attempt.fault;
    const { next } = FAULTS[fault];
    if (next === 'none') break;
    if (next === 'larger') tooSmall.push(planned.candidate);
    empty ||= fault === 'empty';
  }
  return result;
}

/** A request without the signed reasoning of earlier answers; undefined where it has none. */
function withoutReasoning(read: ReadRequest): ReadRequest | undefined {
  const text = read.format.withoutReasoning?.(read.text, read.body);
  return text === undefined ? undefined : { ...read, text };
}

/** What an operator has to mend. */
const TOLD: Partial<Record<Fault, string>> = {
  auth: 'refuses its key',
  'not-found': 'has no such model or address',
  'no-credit': 'has no credit left',
};

/** @returns undefined where it could not even begin */
async function once(
  planned: PlannedAttempt,
  acceptEmpty: boolean,
  job: Job,
  serving: Serving,
  result: Attempted,
): Promise<Outcome | undefined> {
  const { endpoint, candidate } = planned;
  const { read, request, spending } = job;
  const { health, load, snapshot } = serving;
  if (load.full(endpoint) || !health.enter(endpoint.id)) return undefined;
  load.enter(endpoint);
  let hold: Hold | Lacking | undefined;
  try {
    // What is not awaited costs nothing.
    hold = spending && (await spending.hold(candidate, read));
  } catch (error) {
    health.released(endpoint.id);
    load.left(endpoint);
    if (!(error instanceof Refused)) throw error;
    result.refused = error;
    return undefined;
  }
  if (hold && 'lacking' in hold) {
    health.released(endpoint.id);
    load.left(endpoint);
    if (!(result.unaffordable && result.unaffordable.needs <= hold.needs)) result.unaffordable = hold;
    return undefined;
  }
  const held = hold;
  const finish = (ended: Attempt) => {
    load.left(endpoint, ended);
    const cost = costOfUsage(candidate, ended.usage);
    if (cost !== undefined) ended.cost = cost;
    result.attempts.push(ended);
    if (ended.fault === undefined) health.succeeded(endpoint.id);
    else {
      health.failed(endpoint.id, ended.fault, ended.retryAfterMs);
      const toldOf = TOLD[ended.fault];
      const out = health.look(endpoint.id).state === 'out';
      const since = out ? ', and is not asked again until the configuration is loaded anew' : '';
      if (toldOf !== undefined) serving.logger?.warn(`${endpoint.id} ${toldOf}${since}`);
    }
    return held?.settle(cost ?? 0);
  };
  job.sending();
  const secret = snapshot.secrets.get(endpoint.id);
  // A plan holds endpoints of the wire alone.
  const address = snapshot.addresses.get(endpoint.id)![read.format.wire]!;
  const fixed = snapshot.headers.get(endpoint.id)![read.format.wire]!;
  const outcome = await attempt(
    {
      candidate,
      endpoint,
      format: read.format,
      stream: read.stream,
      usageWanted: read.asked.usage,
      request: outgoing(read, planned, address, fixed, request, job.traced),
      secret,
      client: request.leaving,
      promptTokens: read.promptTokens,
      acceptEmpty,
    },
    serving,
  );
  if (outcome.kind === 'failed') {
    result.failed = outcome;
    const settled = finish(outcome.attempt);
    if (settled) await settled;
  } else result.finish = finish;
  return outcome;
}
