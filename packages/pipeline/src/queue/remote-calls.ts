import { randomUUID } from 'node:crypto';
import type { PaidModel, SendCall } from '@routeprofile/collect';
import { CallError } from '@routeprofile/providers';
import { RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { errorOf } from './answer-call.js';
import { openQueueDatabase } from './database.js';
import { fingerprintOfChat, sameHere } from './manifest.js';
import { DEFAULT_LEASE_SECONDS, type QueueOptions } from './remote-cells.js';
import { openSharedRun } from './shared-run.js';

type Sent = Awaited<ReturnType<SendCall>>;
interface Waiting {
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls that workers make. Budget, pace, journal and retries stay with whoever collects: a call is sent once its most is set aside, and to
 * one worker only. Where that worker is lost, the call counts as broken off, at the most that it can have cost, and a retry sets that aside
 * anew; so the budget holds whatever dies.
 */
export interface RemoteCalls {
  send: SendCall;
  /** Deletes the run; workers leave it. */
  close(): Promise<void>;
}

/** @param models every model that may be asked: a worker has to have them all, with the same settings */
export async function openRemoteCalls(
  { connection, leaseSeconds = DEFAULT_LEASE_SECONDS }: QueueOptions,
  models: readonly PaidModel[],
  ctx: RunContext,
): Promise<RemoteCalls> {
  const database = await openQueueDatabase(connection, ctx);
  const run = await openSharedRun(
    database,
    leaseSeconds,
    { retries: 0, workerCommand: 'routeprofile worker --queue env:NAME --config FILE' },
    () =>
      Promise.resolve({
        kind: 'calls',
        same: sameHere(),
        lease: leaseSeconds,
        models: Object.fromEntries(models.map(({ id, chat }) => [id, fingerprintOfChat(chat.id)])),
      }),
  ).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const waiting = new Map<string, Waiting>();
  let closed = false;
  /** What ended the listening, if anything. */
  const failures: unknown[] = [];
  const settle = (call: string, how: (one: Waiting) => void) => {
    const one = waiting.get(call);
    waiting.delete(call);
    // Nobody waits for what a worker says of a call that it had lost.
    if (one) how(one);
  };
  const listening = run
    .listen(
      (heard) => {
        if (heard.type === 'call') settle(heard.call, ({ reject }) => reject(lostCall()));
        if (heard.type === 'reply') {
          const { outcome } = heard;
          settle(heard.call, ({ resolve, reject }) =>
            'completion' in outcome ? resolve(outcome) : reject(errorOf(outcome.failure)),
          );
        }
        return Promise.resolve();
      },
      () => closed,
      ctx,
    )
    .catch((error: unknown) => {
      failures.push(error);
      for (const call of [...waiting.keys()]) settle(call, ({ reject }) => reject(error));
    });
  return {
    async send({ id }, request, context) {
      throwIfAborted(context);
      if (failures.length > 0) throw failures[0];
      const call = randomUUID();
      const answer = new Promise<Sent>((resolve, reject) => waiting.set(call, { resolve, reject }));
      await run.send([{ type: 'call', call, model: id, request: { ...request, messages: [...request.messages] } }]);
      return answer;
    },
    async close() {
      closed = true;
      await listening;
      await run.close();
      await database.close();
    },
  };
}

const lostCall = (): RouteProfileError =>
  new CallError('NETWORK', 'the worker that asked was lost, and with it the answer', {
    fault: { kind: 'connection', retryable: true },
    status: undefined,
  });
