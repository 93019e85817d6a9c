import {
  RouteProfileError,
  createRandom,
  plural,
  throwIfAborted,
  type ChatMessage,
  type ChatRequest,
  type Completion,
  type RunContext,
} from '@routeprofile/schema';
import { backoffDelay, costOf, isCallError, sleep, type FaultKind } from '@routeprofile/providers';
import { callKey, type Journal } from '../journal/journal.js';
import type { Answered, FailedCall } from '../journal/lines.js';
import { createBudget } from './budget.js';
import { openEndpoint, type Endpoint } from './endpoint.js';
import { bookedTokens, boundOf, type PaidModel } from './models.js';

/** A call to be made. */
export interface Call {
  model: PaidModel;
  messages: readonly ChatMessage[];
  /** What it is for, such as an item's id. */
  query: string;
  /** Dollars of the budget that are not for this call, but for what comes later. Default 0. */
  keep?: number;
}

/** Why there is no answer: the kind of fault; the budget; or too many failures before it at the same place. */
export type NoAnswer = FaultKind | 'over-budget' | 'given-up';

/** What came of a call. */
export type Reply = { answer: Answered; kept: boolean } | { failed: NoAnswer; message: string };

/** Asks models: within the budget, at the pace that endpoints allow, each answer on disk before the next question. */
export interface Asker {
  /**
   * The answer to a call: from the journal where it is there, else from the model, tried again as often as that may help.
   * @throws RouteProfileError ABORTED, WRITE_FAILED
   */
  ask(call: Call): Promise<Reply>;
  /** Dollars charged so far. */
  spent(): number;
  /** Requests sent. */
  sent(): number;
  warnings: string[];
}

/**
 * Makes one call.
 * @returns the answer, and the seconds from question to answer
 * @throws CallError for a call that came to nothing; RouteProfileError ABORTED
 */
export type SendCall = (
  model: PaidModel,
  request: ChatRequest,
  ctx: RunContext,
) => Promise<{ completion: Completion; seconds: number }>;

const sendHere: SendCall = async ({ chat }, request, ctx) => {
  const begun = performance.now();
  const completion = await chat.complete(request, ctx);
  return { completion, seconds: (performance.now() - begun) / 1000 };
};

/** How an asker waits and how often it tries. */
export interface AskerOptions {
  journal: Journal;
  /** Dollars; undefined: no limit. */
  budget?: number | undefined;
  /** Attempts after the first; an endpoint that is merely busy is asked more often. */
  retries: number;
  /** Milliseconds before the first retry and at most before any. Default 500 and 60,000. */
  delays?: { firstDelay: number; maximumDelay: number } | undefined;
  /** How a call is made. Default: by the model itself, in this process. */
  send?: SendCall | undefined;
  /** Every model, so that limits of an endpoint are known before the first call. */
  models: readonly PaidModel[];
}

const DELAYS = { firstDelay: 500, maximumDelay: 60_000 };
/** A busy endpoint is waited for so often: that is its way to say how fast it wants to be asked. */
const MOST_BUSY = 50;
/** Milliseconds. An endpoint that asks to wait longer is not waited for: the same command goes on where it was, later. */
const LONGEST_WAIT = 3_600_000;
/** Milliseconds from which on a wait is worth a line. */
const LONG_WAIT = 30_000;

/** @throws RouteProfileError BAD_OPTION for a model without a price where there is a budget */
export function createAsker(
  { journal, budget: limit, retries, delays = DELAYS, send = sendHere, models }: AskerOptions,
  ctx: RunContext,
): Asker {
  const unpriced = limit === undefined ? [] : models.filter(({ price }) => !price);
  if (unpriced.length > 0)
    throw new RouteProfileError(
      'BAD_OPTION',
      `a budget needs the price of every model; there is none for ${unpriced.map(({ id }) => id).join(', ')}`,
      { hint: 'Give `price: { input, output }` in dollars per million tokens, or 0 for a model that costs nothing.' },
    );
  const { signal } = ctx;
  const budget = createBudget(limit, () => journal.spent);
  const endpoints = new Map<string, Endpoint>();
  for (const { endpoint } of models)
    if (!endpoints.has(endpoint))
      endpoints.set(endpoint, openEndpoint(models.filter((model) => model.endpoint === endpoint)));
  const inFlight = new Map<string, Promise<Reply>>();
  const warnings: string[] = [];
  const exceeding = new Set<string>();
  let sent = 0;

  /** One request: the reply, or the failure and whether it may be tried again. */
  async function request(call: Call, key: string, endpoint: Endpoint): Promise<Reply | Retryable> {
    const { model, messages, query, keep = 0 } = call;
    const bound = boundOf(model, messages);
    const release = await endpoint.enter(bookedTokens(model, messages), signal);
    try {
      const stopped = endpoint.givenUp(model.id);
      if (stopped !== undefined) return { failed: 'given-up', message: stopped };
      if (!(await budget.reserve(bound, keep, signal)))
        return { failed: 'over-budget', message: `the budget of $${limit} does not cover this call` };
      const names = { key, query, model: model.id };
      const attempt = await journal.start({ ...names, bound });
      sent++;
      let line: Answered | Failure;
      try {
        const { completion, seconds: latency } = await send(
          model,
          { messages, label: query, idempotencyKey: `${key}-${journal.settled(key)}` },
          ctx,
        );
        line = { type: 'answered', ...names, attempt, ...answered(completion, model, bound), latency };
      } catch (error) {
        // A call that was broken off stays without an end: nobody knows what it cost.
        throwIfAborted(ctx);
        line = { ...names, attempt, ...failed(error, model, bound) };
      }
      if (line.charged > bound * (1 + 1e-9) && !exceeding.has(model.id)) {
        exceeding.add(model.id);
        warnings.push(`${model.id}: its server counted more tokens than a call can have; the budget may be passed`);
      }
      if (line.type === 'answered') {
        await journal.end(line);
        budget.release(bound);
        endpoint.succeeded(model.id);
        return { answer: line, kept: false };
      }
      const { retryable, retryAfter, ...end } = line;
      await journal.end(end);
      budget.release(bound);
      return { end, retryable, retryAfter };
    } finally {
      release();
    }
  }

  async function asked(call: Call, key: string): Promise<Reply> {
    const endpoint = endpoints.get(call.model.endpoint) ?? openEndpoint([call.model]);
    endpoints.set(call.model.endpoint, endpoint);
    const random = createRandom(ctx.seed, 'back-off', key);
    let [failures, busy] = [0, 0];
    for (;;) {
      throwIfAborted(ctx);
      const reply = await request(call, key, endpoint);
      if (!('end' in reply)) return reply;
      const { end, retryable, retryAfter } = reply;
      const limited = end.fault === 'rate-limited';
      if (retryable && (retryAfter ?? 0) > LONGEST_WAIT) {
        const message = `${end.message}; it asks to wait for ${hours(retryAfter!)}: start again then`;
        endpoint.giveUp(message);
        return { failed: end.fault, message };
      }
      const again = retryable && (limited ? ++busy <= MOST_BUSY : ++failures <= retries);
      if (!again) {
        endpoint.failed(call.model.id, end.fault, end.message);
        return { failed: end.fault, message: end.message };
      }
      const delay = backoffDelay(limited ? Math.min(busy, 6) - 1 : failures - 1, retryAfter, { retries, ...delays });
      // Between a half and all of it, so that calls that failed together do not come back together; never sooner than asked.
      const jittered = Math.max(retryAfter ?? 0, delay * (0.5 + random.float() / 2));
      if (jittered >= LONG_WAIT)
        ctx.logger?.info(`${call.model.id}: waits ${Math.round(jittered / 1000)} s, as its endpoint asks`);
      if (limited) endpoint.pause(jittered);
      else await sleep(jittered, signal);
    }
  }

  return {
    warnings,
    spent: () => journal.spent,
    sent: () => sent,
    async ask(call) {
      const key = callKey(call.model.chat.id, call.messages);
      const kept = journal.answer(key);
      if (kept) return { answer: kept, kept: true };
      const running = inFlight.get(key);
      if (running) return running;
      const reply = asked(call, key)
        .catch((error: unknown) => {
          throwIfAborted(ctx);
          throw error;
        })
        .finally(() => inFlight.delete(key));
      inFlight.set(key, reply);
      return reply;
    },
  };
}

const hours = (milliseconds: number): string => plural(Math.ceil(milliseconds / 3_600_000), 'hour');

/** A failure, and what may help. */
interface Failure extends FailedCall {
  fault: FaultKind;
  retryable: boolean;
  retryAfter: number | undefined;
}
interface Retryable {
  end: FailedCall & { fault: FaultKind };
  retryable: boolean;
  retryAfter: number | undefined;
}

function answered({ text, truncated, usage, estimated }: Completion, { price }: PaidModel, bound: number) {
  const cost = price ? costOf(usage, price) : null;
  return { text, truncated, usage, estimated, cost, charged: estimated ? Math.max(bound, cost ?? 0) : (cost ?? 0) };
}

/**
 * What a failed call is charged: what its server counted; nothing for a refusal, which no provider charges for, and where there was no
 * connection; and all it can have cost where the connection broke, time ran out or the answer could not be read.
 */
function failed(error: unknown, { price }: PaidModel, bound: number) {
  if (!isCallError(error)) throw error;
  const { endedBy: fault, status, usage, message } = error;
  const refused = status !== undefined && (status < 200 || status >= 300);
  return {
    type: 'failed' as const,
    fault: fault.kind,
    message,
    came: refused || fault.kind === 'unusable',
    charged: usage && price ? costOf(usage, price) : refused || fault.unsent ? 0 : bound,
    retryable: fault.retryable,
    retryAfter: fault.retryAfter,
  };
}
