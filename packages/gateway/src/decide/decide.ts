import { RouteProfileError, type Decision, type Requirements } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import { QueueFull } from './batched-router.js';
import type { RequestRouter } from './request-router.js';

/** What decides when the router does not, or not in time. */
interface Fallback {
  /** Milliseconds that the router may take. Default: as long as it takes. */
  deadlineMs?: number;
  /** The candidate that is chosen then. Without one the request fails. */
  onLate?: string;
}

/** One text to decide on. */
export interface Question extends Fallback {
  router: RequestRouter;
  text: string;
  /** Names the request; a router that draws its choices draws by it. */
  id?: string;
  requirements: Requirements;
  /** Fires when the client leaves. */
  signal: AbortSignal;
  /** Is told why the router failed, where `onLate` decides in its place. */
  failed?: (error: unknown) => void;
}

/**
 * Which candidate should answer, and which ones after it.
 * @throws whatever the router throws, where there is no `onLate`
 */
export async function decide(question: Question, clock: Clock): Promise<Decision> {
  const { router, text, id, requirements, deadlineMs, onLate } = question;
  const deciding = (signal: AbortSignal) =>
    router.route([text], { requirements: [requirements], ...(id !== undefined && { ids: [id] }), signal });
  try {
    if (deadlineMs === undefined) return only(await deciding(question.signal));
    const first = await inTime(deciding, deadlineMs, question.signal, clock);
    if (first !== undefined) return only(first);
    return instead(router, onLate, 'late', `the router did not decide within ${deadlineMs} ms`);
  } catch (error) {
    // That no model fulfils a request is an answer, not a failure.
    const refused = RouteProfileError.isInstance(error) && error.code === 'UNSUPPORTED';
    if (onLate === undefined || refused || question.signal.aborted) throw error;
    if (error instanceof QueueFull) return instead(router, onLate, 'busy', error.message);
    question.failed?.(error);
    return instead(router, onLate, 'failed', 'the router failed');
  }
}

/** What a router decides; undefined when it takes longer, and is then stopped. */
async function inTime(
  deciding: (signal: AbortSignal) => Promise<Decision[]>,
  deadlineMs: number,
  client: AbortSignal,
  clock: Clock,
): Promise<Decision[] | undefined> {
  const stop = new AbortController();
  const leave = () => stop.abort();
  client.addEventListener('abort', leave, { once: true });
  let cancel = () => {};
  try {
    const late = new Promise<undefined>((resolve) => (cancel = clock.after(deadlineMs, () => resolve(undefined))));
    const decided = deciding(stop.signal);
    // After the deadline nobody waits for it: it may end as it likes.
    decided.catch(() => {});
    return await Promise.race([decided, late]);
  } finally {
    stop.abort();
    cancel();
    client.removeEventListener('abort', leave);
  }
}

function only(decisions: readonly Decision[]): Decision {
  const [decision] = decisions;
  const wrong = decision === undefined ? 'no decision for a text' : wrongIn(decision);
  if (decision !== undefined && wrong === undefined) return decision;
  throw new RouteProfileError('PLUGIN_FAILED', `the router gave ${wrong}`, {
    hint: 'Look at how its `route` is made: it must give one decision per text, with finite scores, the chosen model first.',
  });
}

/** What keeps a decision from being followed, and its record from being read again. */
function wrongIn({ model, ranked, propensity = 1 }: Decision): string | undefined {
  const odd = ranked.find(({ score }) => !Number.isFinite(score));
  if (odd !== undefined) return `${odd.model} the score ${odd.score}`;
  if (ranked[0]?.model !== model)
    return `a ranking that begins with ${ranked[0]?.model ?? 'nobody'}, and chose ${model}`;
  return propensity > 0 && propensity <= 1 ? undefined : `${model} the chance ${propensity}`;
}

/** A decision without scores: the named candidate, then the others in the router's order. */
function instead({ models }: RequestRouter, onLate: string | undefined, kind: string, why: string): Decision {
  if (onLate === undefined) throw new RouteProfileError('INTERNAL', why);
  return {
    model: onLate,
    ranked: [onLate, ...models.filter((model) => model !== onLate)].map((model) => ({ model, score: 0 })),
    reasons: [{ kind, text: `${why}; ${onLate} is the default` }],
  };
}

/** The decision for a request that names a candidate. */
export const pinned = (model: string): Decision => ({
  model,
  ranked: [{ model, score: 1 }],
  reasons: [{ kind: 'pinned', text: 'the request names this candidate' }],
});
