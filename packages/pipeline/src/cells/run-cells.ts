import { throwIfAborted, type FailedCell, type RunContext } from '@routeprofile/schema';
import { cellLabel, type Workspace } from './workspace.js';
import { cellKey } from './cell-key.js';
import type { CellResult } from './cell-store.js';
import type { DecisionLatency } from './latency.js';
import { pluginOf, type Cell } from './plan.js';
import { isFailure, runCell } from './run-cell.js';
import type { CellQueue } from './cell-queue.js';
import { localWorkers } from './workers.js';

export interface CellOutcomes {
  /** One a cell, in the plan's order. */
  outcomes: (CellResult | FailedCell)[];
  /** Key of each cell, by which its files are kept. */
  keys: string[];
  /** Which of them were finished by an earlier run. */
  reused: boolean[];
  /** Seconds of each cell computed now, by label and seed. */
  timings: Record<string, number>;
  /** Single decisions of each cell computed now, by the same names. */
  latencies: Record<string, DecisionLatency>;
}

/** Cells that would compute the same thing are computed once: the first of each key. */
function firstOfEachKey(keys: readonly string[]): number[] {
  return [...new Map(keys.map((key, i) => [key, i] as const).reverse()).values()].reverse();
}

/**
 * Every cell of the plan: read if an earlier run finished it, computed otherwise, here or in `jobs` workers; cells with a
 * plugin always in a worker. A failure is kept beside the results and the others go on.
 * @param queue computes all of them instead
 */
export async function runCells(workspace: Workspace, ctx: RunContext, queue?: CellQueue): Promise<CellOutcomes> {
  const { plan, dataset, cells: store, kept } = workspace;
  const { cells, config } = plan;
  const keys = cells.map((cell) => cellKey(workspace, cell));
  const done = new Map<string, CellResult | FailedCell>();
  for (const key of new Set(keys)) {
    const known = await store.read(key, dataset.test.models, dataset.test.queries.length);
    // Without what it made, the cell is made again.
    if (known && (await kept.holds(key, known.files))) done.set(key, known);
  }
  const reused = keys.map((key) => done.has(key));
  const open = firstOfEachKey(keys).filter((i) => !done.has(keys[i]!));
  const timings: Record<string, number> = {};
  const latencies: Record<string, DecisionLatency> = {};
  let finished = keys.length - open.length;
  const progress = (cell?: Cell) =>
    ctx.onProgress?.({
      stage: 'cells',
      done: finished,
      total: keys.length,
      unit: 'cells',
      ...(cell && { note: cellLabel(workspace, cell) }),
    });
  const settle = (i: number, outcome: CellResult | FailedCell, seconds: number) => {
    const label = `${cellLabel(workspace, cells[i]!)}, seed ${cells[i]!.seed}`;
    if (isFailure(outcome)) ctx.logger?.warn(`${label}: ${outcome.message}`);
    done.set(keys[i]!, outcome);
    timings[label] = seconds;
    if (!isFailure(outcome) && outcome.latency) latencies[label] = outcome.latency;
    finished++;
  };

  const elsewhere = (workers: CellQueue, those: readonly number[]) =>
    workers.compute(workspace, those, ctx, (i, outcome, seconds) => {
      settle(i, outcome, seconds);
      progress(cells[i]);
    });

  progress();
  if (queue !== undefined && open.length > 0) await elsewhere(queue, open);
  else if (config.jobs > 1 && open.length > 1) await elsewhere(localWorkers(config.jobs), open);
  else {
    // Foreign code may loop, exit or crash: it gets a thread of its own, after all that needs none.
    const foreign = open.filter((i) => pluginOf(plan, cells[i]!) !== undefined);
    for (const i of open.filter((i) => !foreign.includes(i))) {
      throwIfAborted(ctx);
      const started = performance.now();
      progress(cells[i]);
      settle(i, await runCell(workspace, cells[i]!, ctx), (performance.now() - started) / 1000);
    }
    if (foreign.length > 0) await elsewhere(localWorkers(config.jobs), foreign);
  }
  progress();
  return { outcomes: keys.map((key) => done.get(key)!), keys, reused, timings, latencies };
}
