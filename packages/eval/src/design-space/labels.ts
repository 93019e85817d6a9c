import { spaceCells, type SpaceCell } from './cells.js';
import { PAPER_ROUTERS, type PaperRouter } from './paper-tables.js';
import type { DesignSpace, DesignSpaceScenario } from './schema.js';
import { measured, scenarioTables, type TableRow } from './tables.js';
import { bestCell } from './summary.js';

/** A row of either table, with what each scenario has there. */
export interface ComparedRow extends Pick<TableRow, 'profile' | 'hops' | 'graph' | 'variant'> {
  cells: Record<PaperRouter, (SpaceCell | null)[]>;
}

/** A baseline, with what it is in each scenario. */
export interface ComparedBaseline {
  name: string;
  /** The model it stands for in each scenario, where it is one. */
  models: (string | null)[];
  averages: (number | null)[];
}

/** Scenarios that differ in their test rows or labels alone, place by place; one entry per scenario in every list. */
export interface LabelComparison {
  scenarios: { name: string; test: string }[];
  /** The rows of both tables that some scenario has a cell in, each once. */
  rows: ComparedRow[];
  baselines: ComparedBaseline[];
  best: (SpaceCell | null)[];
}

const BASELINES = ['best-single', 'best-in-hindsight', 'task-table', 'random', 'oracle'] as const;

/** Scenarios of the same mode and new models stand side by side. */
export function labelComparisons({ scenarios }: DesignSpace): LabelComparison[] {
  const groups = new Map<string, DesignSpaceScenario[]>();
  for (const scenario of scenarios) {
    const key = JSON.stringify([scenario.report.mode, scenario.report.newModels]);
    groups.set(key, [...(groups.get(key) ?? []), scenario]);
  }
  return [...groups.values()].filter((group) => group.length > 1).map(compare);
}

function compare(group: readonly DesignSpaceScenario[]): LabelComparison {
  const tables = group.map((scenario) => {
    const { main, sources } = scenarioTables(scenario);
    return new Map([...main.rows, ...sources.rows].map((row) => [keyOf(row), row]));
  });
  const places = new Map(tables.flatMap((table) => [...table]));
  const rows = [...places].map(([key, { profile, hops, graph, variant }]): ComparedRow => {
    const cells = (router: PaperRouter) =>
      tables.map((table) => {
        const row = table.get(key);
        return row ? measured(row.cells[router]) : null;
      });
    return {
      profile,
      hops,
      graph,
      variant,
      cells: { sim: cells('sim'), mlp: cells('mlp'), graph: cells('graph') },
    };
  });
  return {
    scenarios: group.map(({ name, report }) => ({ name, test: report.dataset.test })),
    rows: rows.filter(({ cells }) => PAPER_ROUTERS.some((router) => cells[router].some((cell) => cell !== null))),
    baselines: BASELINES.flatMap((name) => {
      const found = group.map(({ report }) => report.baselines[name]);
      const averages = found.map((baseline) => baseline?.metrics['avg_performance'] ?? null);
      if (averages.every((value) => value === null)) return [];
      return [{ name, averages, models: found.map((baseline) => baseline?.model ?? null) }];
    }),
    best: group.map(({ report }) => bestCell(spaceCells(report)) ?? null),
  };
}

const keyOf = ({ profile, hops, graph, variant }: TableRow): string => JSON.stringify([profile, hops, graph, variant]);
