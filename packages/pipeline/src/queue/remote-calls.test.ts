import { expect, describe, it, beforeAll, afterAll } from 'vitest';
import type { PaidModel } from '@routeprofile/collect';
import type { ChatModel } from '@routeprofile/schema';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../../tools/postgres.js';
import { openQueueDatabase, type QueueDatabase } from './database.js';
import { openRemoteCalls } from './remote-calls.js';
import { workOn } from './work.js';

/** Polls on a busy machine. */
const SOON = { timeout: 10_000 };

describe.runIf(hasPostgres())('calls through Postgres', () => {
  let server: TestPostgres;
  let database: QueueDatabase;
  beforeAll(async () => {
    server = await startPostgres();
    database = await openQueueDatabase(server.url, {});
  });
  afterAll(async () => {
    await database?.close();
    await server?.remove();
  });

  it('asks once what a collection that died had asked, and gives the next one the answers', async () => {
    const asked: string[] = [];
    const gates = new Map<string, () => void>();
    const chat: ChatModel = {
      specVersion: 1,
      id: 'a model',
      async complete({ label = '' }) {
        asked.push(label);
        await new Promise<void>((resolve) => gates.set(label, resolve));
        return {
          text: label,
          usage: { uncachedInput: 1, cacheRead: 0, cacheWrite: 0, output: 1 },
          estimated: false,
          truncated: false,
          attempts: 1,
        };
      },
    };
    const model = { id: 'm', chat } as PaidModel;
    const ctx = { seed: 1 };
    const stop = new AbortController();
    const worker = { connection: server.url, jobs: 0, calls: 2, plugins: [], models: new Map([['m', model]]) };
    const working = workOn(worker, { signal: stop.signal });
    const opened = (signal: AbortSignal) =>
      openRemoteCalls({ connection: server.url }, [model], 'out', { ...ctx, signal });
    const request = (label: string) => ({ messages: [], label, idempotencyKey: `${label}-0` });

    // Its signal ends all it says, and it does not tidy up: as if it were killed.
    const killed = new AbortController();
    const dead = await opened(killed.signal);
    const countOf = async (where: string) =>
      (await database.query(`select id from routeprofile_queue.job where ${where}`)).length;
    const lost = ['answered', 'under way'].map((label) => dead.send(model, request(label), ctx));
    await expect.poll(() => asked.length, SOON).toBe(2);
    lost.push(dead.send(model, request('waiting'), ctx));
    await expect.poll(() => countOf(`state = 'created'`), SOON).toBe(1);
    killed.abort();
    await Promise.all(lost.map((one) => expect(one).rejects.toMatchObject({ code: 'ABORTED' })));
    await database.query(`update routeprofile_queue.runs set seen = now() - interval '6 seconds'`);
    // Nobody listens: the worker finishes what it is at, and takes no more.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    gates.get('answered')!();
    await expect.poll(() => countOf(`name like '%-results' and data ->> 'text' like '%reply%'`), SOON).toBe(1);
    expect(asked.toSorted()).toEqual(['answered', 'under way']);

    const next = await opened(stop.signal);
    const answers = ['answered', 'under way', 'waiting'].map((label) => next.send(model, request(label), ctx));
    expect((await answers[0]!).completion.text).toBe('answered');
    gates.get('under way')!();
    expect((await answers[1]!).completion.text).toBe('under way');
    await expect.poll(() => gates.has('waiting'), SOON).toBe(true);
    gates.get('waiting')!();
    expect((await answers[2]!).completion.text).toBe('waiting');
    expect(asked.toSorted()).toEqual(['answered', 'under way', 'waiting']);
    await next.close();
    await dead.close();
    stop.abort();
    await expect(working).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
