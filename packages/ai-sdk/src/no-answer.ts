import { CLIENT_GONE, FAULTS, Stopped, type Health } from '@routeprofile/gateway/core';
import { RouteProfileError } from '@routeprofile/schema';
import type { Attempted } from './attempts.js';
import { AnswerFault } from './model-error.js';
import type { Prepared } from './prepare.js';

/** What a call that nobody answered comes to. */
export interface NoAnswer {
  /** Thrown at the caller. */
  error: unknown;
  /** As a status of HTTP, for the record. */
  status: number;
}

/**
 * Why nobody answered. A model that is named, and whoever refuses the call itself, speaks for itself: its error is thrown as it is.
 * Where the alternatives have been tried the error is ours, which the AI SDK does not retry.
 */
export function noAnswer(
  { attempts, failed }: Pick<Attempted<unknown>, 'attempts' | 'failed'>,
  prepared: Prepared,
  client: AbortSignal | undefined,
  health: Health,
): NoAnswer {
  const { target, leftOut, cooling, id } = prepared;
  if (client?.aborted) return { error: client.reason, status: CLIENT_GONE };
  if (failed && FAULTS[failed.fault].whose === 'request')
    return { error: thrown(failed.error), status: failed.status ?? 400 };
  const ours = failed?.error instanceof AnswerFault || failed?.error instanceof Stopped;
  if (failed && target.kind === 'candidate' && !ours)
    return { error: thrown(failed.error), status: failed.status ?? 502 };
  if (failed)
    return {
      status: attempts.every(({ fault }) => fault === 'rate-limited') ? 429 : 502,
      error: new RouteProfileError(
        'NETWORK',
        `no model gave an answer (${attempts.map(({ candidate, fault }) => `${candidate}: ${fault}`).join(', ')})`,
        {
          hint: `The last error is the cause; the decision is ${id}.`,
          cause: failed.error,
        },
      ),
    };
  if (cooling.length > 0) {
    const wait = Math.ceil(Math.min(...cooling.map((one) => health.waitMs(one))) / 1000);
    return {
      status: 503,
      error: new RouteProfileError('NETWORK', `every model that could answer rests for now: ${cooling.join(', ')}`, {
        hint: Number.isFinite(wait)
          ? `Try again in ${wait} s, or name a model.`
          : 'Correct what their errors named (a key, a model’s name), and make the models anew.',
      }),
    };
  }
  const why = leftOut.map(({ model, why: lack }) => `${model}: ${lack}`).join(', ');
  return {
    status: 400,
    error: new RouteProfileError('UNSUPPORTED', `no model can answer this call (${why})`, {
      hint: 'Give a model that can, or change what the call asks for.',
    }),
  };
}

/** Providers put texts and objects into the error parts of streams; what is thrown is an Error. */
export const thrown = (said: unknown): unknown =>
  said instanceof Error ? said : new Error(typeof said === 'string' ? said : JSON.stringify(said), { cause: said });
