import { fixed, percent, plural, signed } from '../report/format.js';
import type { Headline } from '../report/headline.js';
import { gainOf } from '../report/new-models.js';
import { average } from '../report/view.js';
import { isConstant, spaceCells, type SpaceCell } from './cells.js';
import { PAPER_ROUTERS, paperTables, type PaperRow } from './paper-tables.js';
import type { DesignSpaceScenario } from './schema.js';

/** The cell with the highest average, the first of equals. */
export function bestCell(cells: readonly SpaceCell[]): SpaceCell | undefined {
  return cells
    .filter((cell) => cell.average !== null)
    .reduce<SpaceCell | undefined>((best, cell) => (best && best.average! >= cell.average! ? best : cell), undefined);
}

/** What a scenario comes to: its best cell against one model, the task alone and the oracle, and how many cells route at all. */
export function scenarioVerdict({ report }: DesignSpaceScenario): Headline {
  const cells = spaceCells(report);
  const best = bestCell(cells);
  if (!best)
    return {
      verdict: 'No cell was evaluated.',
      outcome: 'nothing',
      alerts: [],
      remarks: failures(report.failed.length),
    };
  const seeds = best.seeds.length > 1 ? `, mean of ${best.seeds.length} seeds` : '';
  const named = `${best.label} (${fixed(best.average)}${seeds})`;
  const won = (best.interval?.difference ?? 0) > 0;
  return {
    ...against(named, best, report.baselines['best-single']),
    alerts: [],
    remarks: [
      ...(won && cells.length > 1
        ? [`It is the best of ${cells.length} on these very rows, so the figure flatters it.`]
        : []),
      ...newModels(best, report.newModels),
      ...beside(best, report.baselines),
      ...collapsed(cells),
      ...failures(report.failed.length),
    ],
  };
}

type Baselines = DesignSpaceScenario['report']['baselines'];

function against(
  named: string,
  { interval }: SpaceCell,
  single: Baselines[string] | undefined,
): Pick<Headline, 'verdict' | 'outcome'> {
  if (!single?.model || !interval)
    return { verdict: `${named} does best; there is no best-single to compare with.`, outcome: 'nothing' };
  const one = `always choosing ${single.model} (${fixed(average(single))})`;
  const range = `95 % interval ${signed(interval.low)} to ${signed(interval.high)}`;
  const by = signed(interval.difference);
  if (interval.low > 0) return { verdict: `${named} beats ${one} by ${by}; ${range}.`, outcome: 'win' };
  if (interval.difference > 0)
    return {
      verdict: `Nothing clearly beats ${one}: ${named} is ahead by ${by}, but its ${range} includes 0.`,
      outcome: 'unclear',
    };
  return { verdict: `Nothing beats ${one}: the best cell is ${named}; ${by}, ${range}.`, outcome: 'loss' };
}

function newModels({ metrics }: SpaceCell, names: readonly string[]): string[] {
  const share = metrics['new_model_share'];
  if (names.length === 0 || share == null) return [];
  const gain = gainOf(metrics);
  const worth =
    gain === null
      ? ''
      : `; without them it would reach ${fixed(metrics['avg_performance_without_new'])} (gain ${signed(gain)})`;
  return [
    `It sends ${percent(share)} of the queries to models without training outcomes (${names.join(', ')})${worth}.`,
  ];
}

/** The best cell beside what the task alone gives, and what is possible. */
function beside(best: SpaceCell, baselines: Baselines): string[] {
  const to = (name: string) => {
    const baseline = baselines[name];
    const theirs = baseline?.metrics['avg_performance'];
    return theirs == null ? null : { theirs: fixed(theirs), difference: signed(best.average! - theirs) };
  };
  const table = to('task-table');
  const oracle = to('oracle');
  return [
    ...(table
      ? [
          `Choosing by the task alone (task-table) gives ${table.theirs}; the best cell differs from that by ${table.difference}.`,
        ]
      : []),
    ...(oracle
      ? [
          `The best model of each row (oracle) gives ${oracle.theirs}; the best cell differs from that by ${oracle.difference}.`,
        ]
      : []),
  ];
}

function collapsed(cells: readonly SpaceCell[]): string[] {
  const always = cells.filter(isConstant).length;
  const sometimes = cells.filter(({ collapsedSeeds }) => collapsedSeeds > 0).length - always;
  const text =
    always === 1
      ? `1 of ${plural(cells.length, 'cell')} is a constant in disguise`
      : `${always} of ${plural(cells.length, 'cell')} are constants in disguise`;
  return [`${text}${sometimes > 0 ? `, ${sometimes} more with some of their seeds` : ''}.`];
}

const failures = (count: number): string[] => (count === 0 ? [] : [`${plural(count, 'cell')} failed.`]);

/** The same of the paper's tables, as far as three digits tell. */
export function paperVerdict(): string[] {
  const values = (rows: readonly PaperRow[]) => rows.flatMap(({ cells }) => PAPER_ROUTERS.map((r) => cells[r]));
  const [main, sources] = [values(paperTables.main), values(paperTables.sources)];
  const constant = (cells: typeof main) => cells.filter((cell) => cell.constant !== null).length;
  const best = Math.max(...[...main, ...sources].map(({ value }) => value));
  const single = Math.max(...paperTables.constants.map(({ average: value }) => value));
  return [
    `The paper's best cell is ${fixed(best)}. On the same ${paperTables.setup.rows} rows its best single model scores ${fixed(single, 4)}, a table of the best model per task ${fixed(paperTables.taskTable)}, and the best model of each row ${fixed(paperTables.oracle)}.`,
    `${constant(main)} of the ${main.length} cells in its main table and ${constant(sources)} of the ${sources.length} in its data-source table equal, to rounding, always choosing one model. Some of them may do so by chance.`,
  ];
}
