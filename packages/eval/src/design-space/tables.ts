import { parseStrategyReference, RouteProfileError, type RunReport } from '@routeprofile/schema';
import { depthOf, spaceCells, type SpaceCell } from './cells.js';
import {
  PAPER_ROUTERS,
  paperTables,
  type PaperCell,
  type PaperProfile,
  type PaperRouter,
  type PaperRow,
} from './paper-tables.js';
import type { DesignSpace, DesignSpaceScenario } from './schema.js';
import { variantNames } from './variants.js';

/** Ours at a place of the paper's tables. */
export type OurCell =
  { state: 'measured'; cell: SpaceCell } | { state: 'failed'; message: string } | { state: 'not-run' };

/** One place of the paper's tables: ours and theirs. */
export interface TableCell {
  ours: OurCell;
  paper: PaperCell;
}

/** One row of the paper's tables with ours beside it, or a row of ours for a variant. */
export interface TableRow {
  profile: PaperProfile;
  /** Rounds of aggregation, or attention layers; null where the profile has none. */
  hops: number | null;
  /** The graph our profile was built on; null for a profile that reads none. */
  graph: string | null;
  /** '' for the options that are commonest in the run, else what differs, such as `compat`. */
  variant: string;
  cells: Record<PaperRouter, TableCell>;
}

/** The paper's two tables for one scenario of ours, and what has no place in them. */
export interface ScenarioTables {
  scenario: string;
  /** The published main table, 14 × 3, and rows for variants; all on `graph`. */
  main: { graph: string; rows: TableRow[] };
  /** The published data-source table, 15 × 3, and rows for variants. */
  sources: { rows: TableRow[] };
  /** Cells that have no place in either table. */
  others: SpaceCell[];
}

/** The paper's two tables with ours in their places, for every scenario. What was not run says so. */
export const designSpaceTables = ({ scenarios }: DesignSpace): ScenarioTables[] => scenarios.map(scenarioTables);

export function scenarioTables({ name, report }: DesignSpaceScenario): ScenarioTables {
  const cells = spaceCells(report);
  const place = placer(cells, report);
  const graph = cells.some((cell) => cell.profile !== 'index' && cell.graph === paperTables.setup.graph)
    ? paperTables.setup.graph
    : report.graph;
  const main = paperTables.main.flatMap((row) => place(row, row.graph === null ? null : graph));
  const sources = paperTables.sources.flatMap((row) => place(row, row.graph));
  const placed = new Set(
    [...main, ...sources].flatMap((row) => PAPER_ROUTERS.map((router) => measured(row.cells[router]))),
  );
  return {
    scenario: name,
    main: { graph, rows: main },
    sources: { rows: sources },
    others: cells.filter((cell) => !placed.has(cell)),
  };
}

export const measured = ({ ours }: TableCell): SpaceCell | null => (ours.state === 'measured' ? ours.cell : null);

/** Puts cells beside a row of the paper: one row of ours, and one for each variant. */
function placer(cells: readonly SpaceCell[], report: RunReport): (row: PaperRow, graph: string | null) => TableRow[] {
  const variantOf = variantNames(cells);
  const failures = failedPlaces(report);
  return (row, graph) => {
    const isHere = (spot: { profile: string; hops: number | null; graph: string }) =>
      spot.profile === row.profile && spot.hops === row.hops && (graph === null || spot.graph === graph);
    const own = cells.filter(isHere).map((cell) => ({ cell, variant: variantOf(cell) }));
    const failed = failures.filter(isHere);
    const variants = new Set(['', ...own.map(({ variant }) => variant)]);
    return [...variants].map((variant) => {
      const ours = (router: PaperRouter): OurCell => {
        const found = own.find(({ cell, variant: other }) => cell.router === router && other === variant);
        if (found) return { state: 'measured', cell: found.cell };
        const failure = variant === '' ? failed.find((other) => other.router === router) : undefined;
        return failure ? { state: 'failed', message: failure.message } : { state: 'not-run' };
      };
      const { sim, mlp, graph: graphRouter } = row.cells;
      return {
        profile: row.profile,
        hops: row.hops,
        graph,
        variant,
        cells: {
          sim: { ours: ours('sim'), paper: sim },
          mlp: { ours: ours('mlp'), paper: mlp },
          graph: { ours: ours('graph'), paper: graphRouter },
        },
      };
    });
  };
}

interface FailedPlace {
  profile: string;
  hops: number | null;
  graph: string;
  router: string;
  message: string;
}

/** Failed cells keep no options, but their labels spell them out where they matter. Other labels have no place in a table. */
function failedPlaces({ failed, graph }: RunReport): FailedPlace[] {
  return failed.flatMap(({ label, profile, router, code, message }) => {
    const reference = readReference(label.split(' × ')[0] ?? '');
    if (reference?.name !== profile || reference.options['compat'] === true) return [];
    const hops = depthOf(reference.options);
    return [{ profile, hops, graph: reference.graph ?? graph, router, message: `${code}: ${message}` }];
  });
}

function readReference(text: string): ReturnType<typeof parseStrategyReference> | undefined {
  try {
    return parseStrategyReference(text);
  } catch (error) {
    if (RouteProfileError.isInstance(error)) return undefined;
    throw error;
  }
}
