import { constantBaselines } from '../report/read.js';
import { spaceCells } from './cells.js';
import { paperTables } from './paper-tables.js';
import type { DesignSpaceScenario } from './schema.js';
import { scenarioTables } from './tables.js';

const { setup } = paperTables;
/** Averages that differ by less tell nothing about the rows. */
const SAME_LEVEL = 0.0005;

/** One thing that is not as it was in the paper. */
export type PaperDifference =
  /** Other test rows, or fewer of them. */
  | { kind: 'rows'; rows: number; test: string }
  /** The same constants score otherwise: the mean average of `models` of them, here and in the paper. */
  | { kind: 'level'; own: number; paper: number; models: number }
  /** Some candidates have no training outcomes. */
  | { kind: 'new-models'; newModels: readonly string[] }
  | { kind: 'encoder'; encoder: string }
  /** Profiles or routers that are not run as published. */
  | { kind: 'repaired' }
  /** Sentences of the neighbourhood in place of texts that a model wrote. */
  | { kind: 'extractive' }
  /** The main table is on another graph. */
  | { kind: 'graph'; graph: string }
  /** How many seeds; the paper has one. */
  | { kind: 'seeds'; seeds: number };

/** What is not as it was in the paper, as far as the report tells. */
export function paperDifferences(scenario: DesignSpaceScenario): PaperDifference[] {
  const { report } = scenario;
  const cells = spaceCells(report);
  const mainGraph = scenarioTables(scenario).main.graph;
  const repaired = cells.some(
    ({ options }) => options.profile['compat'] !== true || options.router['compat'] === false,
  );
  const extractive = cells.some(
    ({ profile, options }) => profile === 'text-gnn' && options.profile['summarizer'] === 'extractive',
  );
  const sameRows = report.rowsUsed === setup.rows && report.dataset.test === setup.test;
  const seeds = new Set(report.rows.map(({ seed }) => seed)).size;
  const found: (PaperDifference | false)[] = [
    !sameRows && { kind: 'rows', rows: report.rowsUsed, test: report.dataset.test },
    levelDifference(scenario) ?? false,
    report.mode !== setup.mode && { kind: 'new-models', newModels: report.newModels },
    !report.encoder.includes('longformer') && { kind: 'encoder', encoder: report.encoder },
    repaired && { kind: 'repaired' },
    extractive && { kind: 'extractive' },
    mainGraph !== setup.graph && { kind: 'graph', graph: mainGraph },
    seeds > 0 && { kind: 'seeds', seeds },
  ];
  return found.filter((difference) => difference !== false);
}

/** How much higher or lower the rows and labels alone put everything, by what the constants score. */
function levelDifference({ report }: DesignSpaceScenario): PaperDifference | null {
  const here = new Map(
    constantBaselines(report).map(({ model, baseline }) => [model, baseline.metrics['avg_performance']]),
  );
  const pairs = paperTables.constants.flatMap(({ model, average }) => {
    const own = here.get(model);
    return own == null ? [] : [{ own, average }];
  });
  if (pairs.length < paperTables.constants.length) return null;
  const mean = (pick: (pair: { own: number; average: number }) => number) =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
  const [own, paper] = [mean((pair) => pair.own), mean((pair) => pair.average)];
  return Math.abs(own - paper) < SAME_LEVEL ? null : { kind: 'level', own, paper, models: pairs.length };
}
