import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { ThreadLost, type AskOptions, type Thread } from '../plugins/thread.js';
import type { Workspace } from './workspace.js';
import type { ThreadReply, ThreadRequest } from './cell-thread.js';
import { localWorkers } from './workers.js';

/** A thread whose first cell cannot be written; the others compute until they are ended. */
class FakeThread implements Thread<ThreadReply> {
  static made: FakeThread[] = [];
  ended = false;
  private lose: ((error: Error) => void) | undefined;

  constructor() {
    FakeThread.made.push(this);
  }

  async ask<T>(request: unknown, answer: (message: ThreadReply) => T | undefined, _options?: AskOptions): Promise<T> {
    await Promise.resolve();
    if (request === undefined) return answer({ ready: true })!;
    if ((request as ThreadRequest).cell > 0) return new Promise<T>((_, reject) => (this.lose = reject));
    return answer({ fatal: { code: 'WRITE_FAILED', message: 'writing out/cells failed (ENOSPC)' } })!;
  }

  end(): Promise<void> {
    this.ended = true;
    this.lose?.(new ThreadLost('ended its thread with exit code 1'));
    return Promise.resolve();
  }
}

vi.mock('../plugins/thread.js', async (original) => ({
  ...(await original<object>()),
  openThread: () => new FakeThread(),
}));

describe('workers', () => {
  beforeEach(() => (FakeThread.made = []));

  const cells = [0, 1, 2, 3].map((profile) => ({ profile, router: 0, seed: 1 }));
  const workspace = {
    plan: {
      config: { pluginTimeout: 1 },
      cells,
      failures: new Map(),
      profiles: cells.map(() => ({ label: 'p', reference: { name: 'p' } })),
      routers: [{ label: 'r', reference: { name: 'r' } }],
    },
    cells: { folder: 'out' },
  } as unknown as Workspace;

  it('are ended by the first error that ends a run, and none is made after it', async () => {
    const done: number[] = [];
    const run = localWorkers(2).compute(workspace, [0, 1, 2, 3], { seed: 1 }, (cell) => void done.push(cell));
    await expect(run).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    // Whatever the other worker still had to say has been said by then.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(FakeThread.made).toHaveLength(2);
    expect(FakeThread.made.every(({ ended }) => ended)).toBe(true);
    expect(done).toEqual([]);
  });

  it('that were interrupted make no more either', async () => {
    const controller = new AbortController();
    controller.abort();
    const run = localWorkers(2).compute(workspace, [1, 2], { seed: 1, signal: controller.signal }, () => undefined);
    await expect(run).rejects.toSatisfy((error) => RouteProfileError.isInstance(error) && error.code === 'ABORTED');
    expect(FakeThread.made).toHaveLength(0);
  });
});
