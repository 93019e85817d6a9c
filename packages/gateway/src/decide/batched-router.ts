import { plural, RouteProfileError, type Decision, type Requirements } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { RequestRouter } from './request-router.js';

/** How texts of several requests are decided together. */
export interface Batching {
  /** Texts of one batch at most. */
  texts: number;
  /** Milliseconds that the first text of a batch waits for others. A router without an encoder does not wait. */
  waitMs: number;
  /** Texts that may wait; more are refused at once. */
  waiting: number;
}

/** More texts wait for a router than may. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
  constructor(readonly waiting: number) {
    super(`${plural(waiting, 'request')} ${waiting === 1 ? 'waits' : 'wait'} for the router already`);
  }
}

interface Question {
  text: string;
  id: string | undefined;
  requirements: Requirements | null;
  signal: AbortSignal | undefined;
  resolve(decision: Decision): void;
  reject(error: unknown): void;
}

const isNamed = (question: Question): question is Question & { id: string } => question.id !== undefined;
const gone = ({ signal }: Question): boolean => signal?.aborted === true;

/**
 * The router with single texts that come at the same time decided together: encoders are several times faster so. One batch is under
 * way at a time; whoever comes meanwhile shares the next one. A text that the router refuses harms no other, and whoever leaves is
 * dropped. Decisions are the router's own, whatever the batch, as its contract says.
 */
export function batchedRouter(router: RequestRouter, batching: Batching, clock: Clock): RequestRouter {
  const { texts: most, waitMs, waiting: mostWaiting } = batching;
  const wait = router.encoder === null ? 0 : waitMs;
  const waiting: Question[] = [];
  let busy = false;
  let cancel: (() => void) | undefined;

  const start = () => {
    cancel?.();
    cancel = undefined;
    busy = true;
    void decideTogether(router, waiting.splice(0, most)).finally(() => {
      busy = false;
      if (waiting.length > 0) start();
    });
  };
  const schedule = () => {
    if (busy) return;
    if (wait === 0 || waiting.length >= most) start();
    else cancel ??= clock.after(wait, start);
  };
  const ask = (
    text: string,
    id: string | undefined,
    requirements: Requirements | null,
    signal: AbortSignal | undefined,
  ): Promise<Decision> =>
    new Promise((resolve, reject) => {
      if (waiting.length >= mostWaiting) {
        reject(new QueueFull(waiting.length));
        return;
      }
      const leave = () => {
        const place = waiting.indexOf(question);
        if (place >= 0) waiting.splice(place, 1);
        if (waiting.length === 0) {
          cancel?.();
          cancel = undefined;
        }
        reject(new RouteProfileError('ABORTED', 'interrupted'));
      };
      const over = () => signal?.removeEventListener('abort', leave);
      const question: Question = {
        text,
        id,
        requirements,
        signal,
        resolve(decision) {
          over();
          resolve(decision);
        },
        reject(error) {
          over();
          reject(error instanceof Error ? error : new RouteProfileError('PLUGIN_FAILED', String(error)));
        },
      };
      if (signal?.aborted) return leave();
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(question);
      schedule();
    });

  return {
    ...router,
    async route(texts, options = {}) {
      const { requirements, ids, signal } = options;
      if (texts.length !== 1) return router.route(texts, options);
      return [await ask(texts[0]!, ids?.[0], requirements?.[0] ?? null, signal)];
    },
  };
}

/** Asks the router once; where it refuses several texts together, each alone, as one of them may be the reason. Never rejects. */
async function decideTogether(router: RequestRouter, asked: readonly Question[]): Promise<void> {
  const questions = asked.filter((question) => !gone(question));
  if (questions.length === 0) return;
  const stop = new AbortController();
  const leave = () => {
    if (questions.every(gone)) stop.abort();
  };
  for (const { signal } of questions) signal?.addEventListener('abort', leave, { once: true });
  try {
    const decisions = await router.route(
      questions.map(({ text }) => text),
      {
        requirements: questions.map(({ requirements }) => requirements),
        ...(questions.every(isNamed) && { ids: questions.map(({ id }) => id) }),
        signal: stop.signal,
      },
    );
    if (decisions.length !== questions.length)
      throw new RouteProfileError(
        'PLUGIN_FAILED',
        `the router gave ${decisions.length} decisions for ${questions.length} texts`,
        {
          hint: 'Look at how its `route` is made: it must give one decision per text.',
        },
      );
    questions.forEach((question, i) => question.resolve(decisions[i]!));
  } catch (error) {
    if (questions.length === 1) questions[0]!.reject(error);
    else for (const question of questions) await decideTogether(router, [question]);
  } finally {
    for (const { signal } of questions) signal?.removeEventListener('abort', leave);
  }
}
