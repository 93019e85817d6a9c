import { createRandom, messageOf, nextTurn, plural, RouteProfileError, type Logger } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { DecisionRecord } from '../contracts/record.js';
import type { Feedback } from '../contracts/store.js';
import type { AnswerToVerify, Verdict, Verifier } from '../contracts/verifier.js';

/** What becomes of a check: `untold` where the answer's worth cannot be told, `dropped` where too many waited or it was too long. */
export type VerifyResult = 'scored' | 'untold' | 'failed' | 'dropped';

/** What checking stands on. */
export interface VerifyingParts {
  verifiers: readonly Verifier[];
  clock: Clock;
  logger: Logger | undefined;
  /** Is told what became of a check, and dollars that it took. */
  counted: (name: string, result: VerifyResult, dollars: number) => void;
  /** Keeps what a check found. */
  keep: (said: Feedback) => Promise<unknown>;
}

/** An answer that is to be checked once it is whole. */
export type Answered = Omit<AnswerToVerify, 'text' | 'truncated'> & {
  /** Reads the answer's text; undefined where it is too long. It is not read unless its turn comes. */
  read: () => Pick<AnswerToVerify, 'text' | 'truncated'> | undefined;
};

/** How the feedback of a verifier is called among that of its decision. */
const feedbackIdOf = (name: string): string => `verifier ${name}`;

/** Checks a share of answers, behind requests. */
export interface Verifying {
  /** The verifier whose verdict feedback would pass for, or take the place of; undefined for any other feedback. */
  copied(said: Pick<Feedback, 'id' | 'name' | 'source'>): string | undefined;
  /** Those that check the answer to a request. @param seed of the configuration */
  drawn(id: string, seed: number): readonly Verifier[];
  /** Takes a whole answer in; nobody waits for it. */
  check(drawn: readonly Verifier[], answered: Answered): void;
  /** Ends what is under way, and drops what waits. */
  close(): Promise<void>;
}

/** Checks that may wait; of further answers none is checked. */
const MOST_WAITING = 100;
/** Checks at the same time. */
const AT_ONCE = 2;
/** Milliseconds that one check may take. */
const LONGEST_MS = 60_000;
/** Characters of a comment that are kept. */
const COMMENT = 1_000;

/** @throws RouteProfileError BAD_OPTION for a share that is none, or two verifiers of one name */
export function createVerifying({ verifiers, clock, logger, counted, keep }: VerifyingParts): Verifying {
  assertVerifiers(verifiers);
  const waiting: { verifier: Verifier; answered: Answered }[] = [];
  const running = new Map<Promise<void>, AbortController>();
  const warned = new Set<string>();
  let closed = false;

  const warnOnce = (name: string, what: string) => {
    if (!warned.has(name)) logger?.warn(`verifier ${name}: ${what}`);
    warned.add(name);
  };
  const drop = (name: string, why: string) => {
    warnOnce(name, `answers are not checked, as ${why}; metrics have the number`);
    counted(name, 'dropped', 0);
  };
  const run = async (verifier: Verifier, answered: Answered, stop: AbortController) => {
    const { name } = verifier;
    const { read, ...rest } = answered;
    // The last bytes may be on their way still, and requests go first.
    await nextTurn();
    const said = read();
    if (said === undefined) return drop(name, 'they are too long');
    let dollars = 0;
    let result: VerifyResult = 'failed';
    const cancel = clock.after(LONGEST_MS, () => stop.abort());
    const late = new Promise<never>((_, reject) =>
      stop.signal.addEventListener('abort', () => reject(new Error('it was stopped')), { once: true }),
    );
    try {
      const spent = (amount: number) => void (dollars += amount);
      const verdict = await Promise.race([verifier.verify({ ...rest, ...said }, { signal: stop.signal, spent }), late]);
      result = verdict === null ? 'untold' : 'scored';
      if (verdict !== null) await keep(feedbackOf(name, verdict, rest.record, clock.now()));
    } catch (error) {
      result = 'failed';
      if (!closed) warnOnce(name, `a check failed: ${messageOf(error)}`);
    } finally {
      cancel();
      counted(name, result, dollars);
    }
  };
  const next = () => {
    while (!closed && running.size < AT_ONCE && waiting.length > 0) {
      const { verifier, answered } = waiting.shift()!;
      const stop = new AbortController();
      const one = run(verifier, answered, stop).finally(() => {
        running.delete(one);
        next();
      });
      running.set(one, stop);
    }
  };
  return {
    copied: ({ id, name: said, source }) =>
      verifiers.find(({ name }) => id === feedbackIdOf(name) || (source === 'verifier' && said === name))?.name,
    drawn: (id, seed) =>
      verifiers.filter(({ name, share }) => share > 0 && createRandom(seed, 'verify', name, id).float() < share),
    check(drawn, answered) {
      for (const verifier of drawn)
        if (closed || waiting.length >= MOST_WAITING) drop(verifier.name, 'too many wait');
        else waiting.push({ verifier, answered });
      next();
    },
    async close() {
      closed = true;
      if (waiting.length > 0) logger?.info(`${plural(waiting.length, 'check')} of answers had not begun`);
      waiting.length = 0;
      for (const stop of running.values()) stop.abort();
      await Promise.all(running.keys());
    },
  };
}

function assertVerifiers(verifiers: readonly Verifier[]): void {
  const names = new Set<string>();
  for (const { name, share } of verifiers) {
    const wrong = !(share >= 0 && share <= 1)
      ? `its share is ${share}, expected a number from 0 to 1`
      : names.has(name)
        ? 'there are two of this name'
        : undefined;
    if (wrong !== undefined) throw new RouteProfileError('BAD_OPTION', `verifier ${name}: ${wrong}`);
    names.add(name);
  }
}

/** @throws RouteProfileError PLUGIN_FAILED for a score outside of [0, 1] */
function feedbackOf(name: string, { score, comment }: Verdict, record: DecisionRecord, at: number): Feedback {
  if (!(score >= 0 && score <= 1))
    throw new RouteProfileError('PLUGIN_FAILED', `it gave the score ${score}, expected a number from 0 to 1`);
  return {
    ...{ id: feedbackIdOf(name), decision: record.id, tenant: record.tenant, name, value: score, score, at },
    source: 'verifier',
    ...(comment && { comment: comment.slice(0, COMMENT) }),
  };
}
