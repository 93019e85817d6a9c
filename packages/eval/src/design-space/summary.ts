import type { Interval } from '@routeprofile/schema';
import { newModelGain } from '../report/read.js';
import { isConstant, spaceCells, type SpaceCell } from './cells.js';
import { PAPER_ROUTERS, paperTables, type PaperRow } from './paper-tables.js';
import type { DesignSpaceScenario } from './schema.js';

/** The cell with the highest average, the first of equals. */
export function bestCell(cells: readonly SpaceCell[]): SpaceCell | undefined {
  return cells
    .filter((cell) => cell.average !== null)
    .reduce<SpaceCell | undefined>((best, cell) => (best && best.average! >= cell.average! ? best : cell), undefined);
}

/** A mean score, and how far the best cell is from it. */
export interface Beside {
  average: number;
  /** The best cell's average minus this one. */
  difference: number;
}

/** What a scenario comes to, in numbers. */
export interface ScenarioSummary {
  /** null when no cell was evaluated. */
  best: SpaceCell | null;
  /** How many cells there are, those of different seeds put together. */
  cells: number;
  /** The model that training data single out, its average, and the best cell against it; null without one, or too few rows. */
  bestSingle: { model: string; average: number | null; interval: Interval } | null;
  /** What the best cell makes of the new models: the share of queries it sends there; null where there are none. */
  newModels: { share: number; without: number | null; gain: number | null } | null;
  /** Choosing by the task alone; null where it was not evaluated. */
  taskTable: Beside | null;
  /** The best model of each row. */
  oracle: Beside | null;
  /** Cells that are constants in disguise with every seed, and with some of them. */
  constants: { always: number; sometimes: number };
  failed: number;
}

/** A scenario's best cell against one model, the task alone and the oracle, and how many cells route at all. */
export function scenarioSummary({ report }: DesignSpaceScenario): ScenarioSummary {
  const cells = spaceCells(report);
  const best = bestCell(cells) ?? null;
  const single = report.baselines['best-single'];
  const beside = (name: string): Beside | null => {
    const average = report.baselines[name]?.metrics['avg_performance'];
    return average == null || !best ? null : { average, difference: best.average! - average };
  };
  const share = best?.metrics['new_model_share'];
  const always = cells.filter(isConstant).length;
  return {
    best,
    cells: cells.length,
    bestSingle:
      best?.interval && single?.model
        ? { model: single.model, average: single.metrics['avg_performance'] ?? null, interval: best.interval }
        : null,
    newModels:
      best && share != null && report.newModels.length > 0
        ? {
            share,
            without: best.metrics['avg_performance_without_new'] ?? null,
            gain: newModelGain(best.metrics),
          }
        : null,
    taskTable: beside('task-table'),
    oracle: beside('oracle'),
    constants: { always, sometimes: cells.filter(({ collapsedSeeds }) => collapsedSeeds > 0).length - always },
    failed: report.failed.length,
  };
}

/** How many cells a published table has, and how many of them equal a constant, as far as three digits tell. */
export interface PaperCount {
  cells: number;
  constant: number;
}

/** The same of the paper's own tables. */
export interface PaperSummary {
  best: number;
  bestSingle: number;
  main: PaperCount;
  sources: PaperCount;
}

/** What the paper's tables come to, read the same way. */
export function paperSummary(): PaperSummary {
  const values = (rows: readonly PaperRow[]) => rows.flatMap(({ cells }) => PAPER_ROUTERS.map((r) => cells[r]));
  const [main, sources] = [values(paperTables.main), values(paperTables.sources)];
  const count = (cells: typeof main): PaperCount => ({
    cells: cells.length,
    constant: cells.filter((cell) => cell.constant !== null).length,
  });
  return {
    best: Math.max(...[...main, ...sources].map(({ value }) => value)),
    bestSingle: Math.max(...paperTables.constants.map(({ average }) => average)),
    main: count(main),
    sources: count(sources),
  };
}
