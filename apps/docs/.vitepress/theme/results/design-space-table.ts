import { designSpaceTables, PAPER_ROUTERS, type TableCell, type TableRow } from '@routeprofile/eval';
import { readReport } from './reports';
import { averageOf, judged, type Judged } from './routers-table';
import { verdictOf } from './verdict';

/** Ours at a place of the paper's tables, and theirs. */
interface SpaceCell {
  ours: (Pick<Judged, 'average' | 'verdict'> & { constant: boolean }) | null;
  paper: number;
  /** The constant that the published figure equals to its three digits. */
  paperConstant: string | null;
}

export interface SpaceRow {
  name: string;
  cells: SpaceCell[];
}

export interface SpaceScenario {
  name: string;
  cells: number;
  collapsed: number;
  bestSingle: { model: string; average: number };
  best: Judged & { label: string };
  taskTable: number | null;
  oracle: number | null;
  /** Table 1 of the paper, then Table 2. */
  main: SpaceRow[];
  sources: SpaceRow[];
}

export interface DesignSpaceData {
  routers: readonly string[];
  rowsUsed: number;
  /** Cells of the paper's Table 1 that equal a constant to their three digits. */
  paperConstants: number;
  paperCells: number;
  scenarios: SpaceScenario[];
}

const NAMES = ['standard', 'standard-regraded', 'newllm', 'newllm-regraded'];

export function designSpaceData(): DesignSpaceData {
  const reports = NAMES.map((name) => ({ name, report: readReport('design-space', name) }));
  const tables = designSpaceTables({ name: 'design space', scenarios: reports });
  const scenarios = reports.map(({ name, report }, i): SpaceScenario => {
    const single = report.baselines['best-single'];
    const average = averageOf(single);
    const best = report.rows
      .map((row) => ({ ...judged(row), label: row.label }))
      .sort((a, b) => b.average - a.average)[0];
    const table = tables[i];
    if (average === null || !single?.model || !best || !table) throw new Error(`the report of ${name} is empty`);
    return {
      name,
      cells: report.rows.length,
      collapsed: report.rows.filter(({ collapse }) => collapse.flag).length,
      bestSingle: { model: single.model, average },
      best,
      taskTable: averageOf(report.baselines['task-table']),
      oracle: averageOf(report.baselines['oracle']),
      main: table.main.rows.map((row) => spaceRow(row, false)),
      sources: table.sources.rows.map((row) => spaceRow(row, true)),
    };
  });
  const paper = scenarios[0]?.main.flatMap(({ cells }) => cells) ?? [];
  return {
    routers: PAPER_ROUTERS,
    rowsUsed: reports[0]?.report.rowsUsed ?? 0,
    paperConstants: paper.filter(({ paperConstant }) => paperConstant !== null).length,
    paperCells: paper.length,
    scenarios,
  };
}

function spaceRow({ profile, hops, graph, cells }: TableRow, withGraph: boolean): SpaceRow {
  const depth = hops === null ? '' : `, ${hops} ${hops === 1 ? 'hop' : 'hops'}`;
  return {
    name: `${profile}${withGraph && graph ? ` on ${graph}` : ''}${depth}`,
    cells: PAPER_ROUTERS.map((router) => spaceCell(cells[router])),
  };
}

function spaceCell({ ours, paper }: TableCell): SpaceCell {
  const cell = ours.state === 'measured' ? ours.cell : null;
  return {
    ours:
      cell?.average == null || !cell.interval
        ? null
        : {
            average: cell.average,
            verdict: verdictOf(cell.interval.low, cell.interval.high),
            constant: cell.collapsedSeeds === cell.seeds.length,
          },
    paper: paper.value,
    paperConstant: paper.constant,
  };
}
