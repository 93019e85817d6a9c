import { FAULTS, type Fault } from '../contracts/fault.js';
import type { Plan } from '../plan.js';
import type { Attempted, Failed } from './run-attempts.js';
import { Refused } from './refused.js';
import type { Lacking, Spending } from './spending.js';

/** Clients that know the header try no more: the alternatives have been tried. */
const FINAL = { 'x-should-retry': 'false' };

const inSeconds = (milliseconds: number): Record<string, string> =>
  Number.isFinite(milliseconds) ? { 'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1_000))) } : {};

const BUSY = 'Every model server that could answer is out of service for now, or has as many requests as it may.';
const DOWN = 'Every model server that could answer is out of service for now.';

/** The status that says best what went wrong at an endpoint. */
function statusOf(fault: Fault): number {
  switch (fault) {
    case 'rate-limited':
      return 429;
    case 'overloaded':
      return 503;
    case 'first-byte':
    case 'idle':
      return 504;
    default:
      return 502;
  }
}

/** The request's own fault: what the server said of it is the answer. */
function ownFault({ attempt, refusal }: Failed): Refused {
  const status = refusal === undefined || refusal.status < 400 ? 400 : refusal.status;
  return new Refused(
    status,
    attempt.fault.replaceAll('-', '_'),
    refusal?.message ?? 'The model server refuses the request.',
    FINAL,
    refusal?.body,
  );
}

const dollars = (amount: number): string => `$${Number(amount.toPrecision(3))}`;

const OWNERS = { key: 'this key’s budget', route: 'the route’s budget', session: 'this conversation’s budget' };

function unaffordableText({ lacking, needs, unseen }: Lacking): string {
  const { kind, limit } = lacking;
  return (
    `What is left of ${OWNERS[kind]} of ${dollars(limit.amount)} per ${limit.per} does not cover the request, which can cost up to ${dollars(needs)}. ` +
    (kind === 'session'
      ? 'Go on in a new conversation, or with a lower limit on the output tokens.'
      : 'A lower limit on its output tokens makes that less.') +
    (unseen
      ? ' Its files, or what a server has stored for it, count as all that the model reads at once, as nobody knows before how long they are.'
      : '')
  );
}

/** Why a request that nobody answered comes to nothing, and when to come back. */
export function noAnswer(
  { attempts, failed, unaffordable }: Attempted,
  plan: Plan,
  waitMs: (endpoint: string) => number,
  spending: Pick<Spending, 'renewsInMs'> | undefined,
): Refused {
  if (failed && FAULTS[failed.attempt.fault].whose === 'request') return ownFault(failed);
  const endpoints = [...plan.cooling, ...plan.full, ...plan.attempts.map(({ endpoint }) => endpoint.id)];
  const soonest = Math.min(...endpoints.map(waitMs));
  if (failed) {
    const limited = attempts.every(({ fault }) => fault === 'rate-limited');
    const status = limited
      ? 429
      : statusOf(failed.attempt.fault === 'rate-limited' ? 'overloaded' : failed.attempt.fault);
    const tried = attempts.map(({ candidate, fault }) => `${candidate}: ${fault}`).join(', ');
    const wait = status === 429 || status === 503 ? inSeconds(soonest) : {};
    return new Refused(status, limited ? 'rate_limited' : 'no_answer', `No model server gave an answer (${tried}).`, {
      ...FINAL,
      ...wait,
    });
  }
  if (unaffordable !== undefined)
    return new Refused(429, 'insufficient_quota', unaffordableText(unaffordable), {
      ...FINAL,
      ...(spending && inSeconds(spending.renewsInMs(unaffordable.lacking))),
    });
  if (endpoints.length > 0)
    return new Refused(503, 'no_endpoint', plan.full.length > 0 ? BUSY : DOWN, {
      ...FINAL,
      ...inSeconds(soonest),
    });
  const lacking = plan.leftOut.map(({ model, why }) => `${model}: ${why}`).join(', ');
  return new Refused(400, 'no_candidate', `No model can answer this request (${lacking}).`, FINAL);
}
