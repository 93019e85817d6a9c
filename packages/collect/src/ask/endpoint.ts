import { sleep, type FaultKind } from '@routeprofile/providers';
import type { PaidModel } from './models.js';
import { createPace } from './pace.js';
import { createSlots } from './slots.js';

/** One server: how many calls it takes at a time, how fast, and whether it is of any use. */
export interface Endpoint {
  /**
   * Waits for a slot and for the pace.
   * @param tokens that the call takes at most
   * @returns what gives the slot back
   */
  enter(tokens: number, signal?: AbortSignal): Promise<() => void>;
  /** Nothing is sent for that long. */
  pause(milliseconds: number): void;
  /** Nothing is asked there any more. */
  giveUp(message: string): void;
  succeeded(model: string): void;
  failed(model: string, fault: FaultKind, message: string): void;
  /** Why a model, or the whole server, is not asked any more; undefined while it is. */
  givenUp(model: string): string | undefined;
}

/** What speaks against the whole server, whatever the model. */
const OF_THE_SERVER = new Set<FaultKind>(['refused-key', 'no-credit', 'redirect']);
/** Such failures in a row after which nothing more is asked: they do not pass by themselves. */
const CERTAIN = 3;
/** Failures of any kind in a row, each after all its retries, after which a model is given up. */
const MANY = 10;
/** Faults of a single question: they say nothing about the model's other answers. */
const OF_THE_QUESTION = new Set<FaultKind>([
  'context-length',
  'content-policy',
  'bad-request',
  'unusable',
  'signature',
]);

/** @param models all that are asked there; of their limits the smallest counts */
export function openEndpoint(models: readonly PaidModel[]): Endpoint {
  const least = (values: readonly (number | undefined)[]) =>
    values.reduce((a, b) => (a === undefined ? b : b === undefined ? a : Math.min(a, b)), undefined);
  const slots = createSlots(Math.min(...models.map(({ concurrency }) => concurrency)));
  const pace = createPace(
    {
      requestsPerMinute: least(models.map((model) => model.requestsPerMinute)),
      tokensPerMinute: least(models.map((model) => model.tokensPerMinute)),
    },
    () => performance.now(),
  );
  const rows = new Map<string, { certain: number; any: number }>();
  const stopped = new Map<string, string>();
  let certain = 0;
  let closed: string | undefined;
  return {
    async enter(tokens, signal) {
      const release = await slots.take(signal);
      try {
        const wait = pace.book(tokens);
        if (wait > 0) await sleep(wait, signal);
        // Another call may have been asked to wait in the meantime.
        for (let rest = pace.paused(); rest > 0; rest = pace.paused()) await sleep(rest, signal);
        return release;
      } catch (error) {
        release();
        throw error;
      }
    },
    pause: (milliseconds) => pace.pause(milliseconds),
    giveUp: (message) => void (closed ??= message),
    succeeded(model) {
      rows.delete(model);
      certain = 0;
    },
    failed(model, fault, message) {
      const row = rows.get(model) ?? { certain: 0, any: 0 };
      rows.set(model, row);
      if (OF_THE_SERVER.has(fault)) certain++;
      if (certain >= CERTAIN) closed ??= message;
      row.certain = fault === 'not-found' ? row.certain + 1 : 0;
      row.any = OF_THE_QUESTION.has(fault) ? row.any : row.any + 1;
      if (row.certain >= CERTAIN || row.any >= MANY) stopped.set(model, message);
    },
    givenUp: (model) => closed ?? stopped.get(model),
  };
}
