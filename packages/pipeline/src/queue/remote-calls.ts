import { randomUUID } from 'node:crypto';
import type { PaidModel, SendCall } from '@routeprofile/collect';
import { CallError } from '@routeprofile/providers';
import { RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { errorOf } from './answer-call.js';
import { openQueueDatabase } from './database.js';
import { fingerprintOfChat, identityOf, sameHere, type Manifest } from './manifest.js';
import { DEFAULT_LEASE_SECONDS, type QueueOptions } from './remote-cells.js';
import { openSharedRun, type SharedRun } from './shared-run.js';

type Sent = Awaited<ReturnType<SendCall>>;
interface Waiting {
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls that workers make. Budget, pace, journal and retries stay with whoever collects: a call is sent once its most is set aside, and to
 * one worker only. Where that worker is lost, the call counts as broken off, at the most that it can have cost, and a retry sets that aside
 * anew; so the budget holds whatever dies. An answer that comes all the same, late or to a process that died, is used when the call is
 * made again.
 */
export interface RemoteCalls {
  send: SendCall;
  /** Deletes the run; workers leave it. */
  close(): Promise<void>;
}

/**
 * @param models every model that may be asked: a worker has to have them all, with the same settings
 * @param out the folder that is collected into: after a process that died, the next one of the same folder gets the answers to its calls
 */
export async function openRemoteCalls(
  { connection, leaseSeconds = DEFAULT_LEASE_SECONDS }: QueueOptions,
  models: readonly PaidModel[],
  out: string,
  ctx: RunContext,
): Promise<RemoteCalls> {
  const database = await openQueueDatabase(connection, ctx);
  try {
    const manifest: Manifest = {
      kind: 'calls',
      same: sameHere(),
      lease: leaseSeconds,
      models: Object.fromEntries(models.map(({ id, chat }) => [id, fingerprintOfChat(chat.id)])),
    };
    const options = {
      lease: leaseSeconds,
      retries: 0,
      workerCommand: 'routeprofile worker --queue env:NAME --config FILE',
      identity: identityOf(manifest, out),
    };
    const run = await openSharedRun(database, options, () => Promise.resolve(manifest), ctx);
    const { send, end } = await callsThrough(run).catch(async (error: unknown) => {
      await run.close();
      throw error;
    });
    return {
      send,
      async close() {
        await end();
        await run.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Sends calls to a run, and hands each the reply that is heard for it. */
async function callsThrough(run: SharedRun): Promise<{ send: SendCall; end: () => Promise<void> }> {
  const waiting = new Map<string, Waiting>();
  /** Calls of an earlier process that workers are making. */
  const underWay = new Set(run.underWay.flatMap((job) => (job.type === 'call' ? [job.call] : [])));
  /** Answers that nobody waits for yet: to an earlier process, or from a worker that was thought lost. */
  const early = new Map<string, Sent>();
  let closed = false;
  /** What ended the listening, if anything. */
  const failures: unknown[] = [];
  const settle = (call: string, how: (one: Waiting) => void): boolean => {
    const one = waiting.get(call);
    waiting.delete(call);
    underWay.delete(call);
    if (one) how(one);
    return one !== undefined;
  };
  const listener: Parameters<SharedRun['hear']>[0] = (heard) => {
    if (heard.type === 'call') settle(heard.call, ({ reject }) => reject(lostCall()));
    if (heard.type === 'reply') {
      const { call, outcome } = heard;
      const settled = settle(call, ({ resolve, reject }) =>
        'completion' in outcome ? resolve(outcome) : reject(errorOf(outcome.failure)),
      );
      if (!settled && 'completion' in outcome) early.set(call, outcome);
    }
    return Promise.resolve();
  };
  await run.hear(listener);
  const listening = run
    .listen(listener, () => closed)
    .catch((error: unknown) => {
      failures.push(error);
      for (const call of [...waiting.keys()]) settle(call, ({ reject }) => reject(error));
    });
  return {
    async send({ id }, request, context) {
      throwIfAborted(context);
      if (failures.length > 0) throw failures[0];
      // The same name for the same call, also after a restart.
      const call = request.idempotencyKey ?? randomUUID();
      const known = early.get(call);
      early.delete(call);
      if (known !== undefined) return known;
      const answer = new Promise<Sent>((resolve, reject) => waiting.set(call, { resolve, reject }));
      if (!underWay.has(call))
        await run.send([{ type: 'call', call, model: id, request: { ...request, messages: [...request.messages] } }]);
      return answer;
    },
    async end() {
      closed = true;
      await listening;
    },
  };
}

const lostCall = (): RouteProfileError =>
  new CallError('NETWORK', 'the worker that asked was lost, and with it the answer', {
    fault: { kind: 'connection', retryable: true },
    status: undefined,
  });
