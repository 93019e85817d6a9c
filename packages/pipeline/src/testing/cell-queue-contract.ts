import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSample } from '@routeprofile/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellQueue } from '../cells/cell-queue.js';
import { planRun } from '../cells/plan.js';
import { isFailure, runCell } from '../cells/run-cell.js';
import { openWorkspace, type Workspace } from '../cells/workspace.js';
import { completeConfig } from '../config/config-file.js';
import { filesOf } from '../../../../tools/folder-files.js';
import { temporaryFolder } from './temporary-folder.js';

/** A plugin that workers have to be given. */
export const FAILING_ROUTER = fileURLToPath(new URL('failing-router.ts', import.meta.url));

const ctx = { seed: 42 };

/** What every `CellQueue` keeps, whoever computes. */
export function describeCellQueue(
  name: string,
  open: () => Promise<{ queue: CellQueue; close(): Promise<void> }>,
): void {
  describe(`the contract of a cell queue: ${name}`, () => {
    const folder = temporaryFolder();
    const opened: Workspace[] = [];
    let made: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      await writeSample(join(folder.path, 'sample'));
      made = await open();
    });
    afterAll(async () => {
      await made?.close();
      for (const { encoder } of opened) await encoder.dispose?.();
      folder.remove();
    });
    const workspace = async (out: string): Promise<Workspace> => {
      const config = completeConfig({
        data: join(folder.path, 'sample'),
        encoder: 'hash:dimensions=32',
        profile: ['flat', 'index'],
        router: ['sim', FAILING_ROUTER],
        selectionFolds: 0,
        limitTrain: 60,
        limitTest: 20,
        cache: join(folder.path, 'cache'),
        out: join(folder.path, out),
      });
      const one = await openWorkspace(await planRun(config), ctx);
      opened.push(one);
      return one;
    };

    it('computes each cell once, keeps the bytes that one thread would keep, and says what failed', async () => {
      const here = await workspace('here');
      const expected = [];
      for (const cell of here.plan.cells) expected.push(await runCell(here, cell, ctx));
      const there = await workspace('there');
      const found: unknown[] = [];
      const places: number[] = [];
      const all = [...there.plan.cells.keys()];
      await made.queue.compute(there, all, ctx, (cell, outcome, seconds) => {
        places.push(cell);
        found[cell] = isFailure(outcome) ? outcome : { ...outcome, latency: undefined };
        expect(seconds).toBeGreaterThanOrEqual(0);
      });
      expect(places.sort((a, b) => a - b)).toEqual(all);
      expect(found).toEqual(
        expected.map((outcome) => (isFailure(outcome) ? outcome : { ...outcome, latency: undefined })),
      );
      expect(expected.filter(isFailure).map(({ code, message }) => [code, message.includes('no luck')])).toEqual([
        ['PLUGIN_FAILED', true],
        ['PLUGIN_FAILED', true],
      ]);
      expect(filesOf(join(folder.path, 'there'))).toEqual(filesOf(join(folder.path, 'here')));
    });

    it('computes nothing where nothing is open, and stops when it is told to', async () => {
      const one = await workspace('stopped');
      const heard: number[] = [];
      const onDone = (cell: number) => void heard.push(cell);
      await made.queue.compute(one, [], ctx, onDone);
      const controller = new AbortController();
      controller.abort();
      const stopped = made.queue.compute(one, [0, 1, 2], { ...ctx, signal: controller.signal }, onDone);
      await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
      expect(heard).toEqual([]);
    });
  });
}
