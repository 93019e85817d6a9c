import { describe, expect, it } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { runCodeTasks } from './run-all.js';
import type { CodeSandbox, CodeTask } from './sandbox.js';

const tasks: CodeTask[] = Array.from({ length: 9 }, (_, i) => ({ sources: [String(i)], tests: [] }));

function fakeSandbox(failAt?: string) {
  const seen = { now: 0, most: 0, started: 0 };
  const sandbox: CodeSandbox = {
    how: 'fake',
    async run({ sources: [source = ''] }) {
      seen.started++;
      seen.most = Math.max(seen.most, ++seen.now);
      // Later tasks are quicker, so that they end out of order.
      await new Promise((resolve) => setTimeout(resolve, 20 - 2 * Number(source)));
      seen.now--;
      if (source === failAt) throw new RouteProfileError('ABORTED', 'interrupted');
      return { verdict: 'pass', detail: source };
    },
  };
  return { sandbox, seen };
}

describe('runCodeTasks', () => {
  it('keeps the order, runs so many at a time, and tells how far it is', async () => {
    const { sandbox, seen } = fakeSandbox();
    const done: number[] = [];
    const results = await runCodeTasks(sandbox, tasks, { jobs: 3 }, { onProgress: (p) => void done.push(p.done) });
    expect(results.map(({ detail }) => detail)).toEqual(tasks.map(({ sources }) => sources[0]));
    expect(seen.most).toBe(3);
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('starts nothing more after a failure', async () => {
    const { sandbox, seen } = fakeSandbox('0');
    await expect(runCodeTasks(sandbox, tasks, { jobs: 1 })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(seen.started).toBe(1);
  });

  it('does nothing with no tasks', async () => expect(await runCodeTasks(fakeSandbox().sandbox, [])).toEqual([]));
});
