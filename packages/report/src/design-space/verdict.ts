import {
  paperSummary,
  paperTables,
  scenarioSummary,
  type Beside,
  type DesignSpaceScenario,
  type ScenarioSummary,
} from '@routeprofile/eval';
import { fixed, percent, signed } from '@routeprofile/eval/format';
import { plural } from '@routeprofile/schema';
import type { Headline } from '../headline.js';
import { newModelNames } from '../new-models.js';

/** What a scenario comes to: its best cell against one model, the task alone and the oracle, and how many cells route at all. */
export function scenarioVerdict(scenario: DesignSpaceScenario): Headline {
  const found = scenarioSummary(scenario);
  const { best, cells } = found;
  if (!best)
    return { verdict: 'No cell was evaluated.', outcome: 'nothing', alerts: [], remarks: failures(found.failed) };
  const seeds = best.seeds.length > 1 ? `, mean of ${best.seeds.length} seeds` : '';
  const won = (best.interval?.difference ?? 0) > 0;
  return {
    ...against(`${best.label} (${fixed(best.average)}${seeds})`, found.bestSingle),
    alerts: [],
    remarks: [
      ...(won && cells > 1 ? [`It is the best of ${cells} on these very rows, so the figure flatters it.`] : []),
      ...newModels(found.newModels, newModelNames(scenario.report)),
      ...beside('Choosing by the task alone (task-table)', found.taskTable),
      ...beside('The best model of each row (oracle)', found.oracle),
      ...collapsed(found),
      ...failures(found.failed),
    ],
  };
}

function against(named: string, single: ScenarioSummary['bestSingle']): Pick<Headline, 'verdict' | 'outcome'> {
  if (!single) return { verdict: `${named} does best; there is no best-single to compare with.`, outcome: 'nothing' };
  const { difference, low, high } = single.interval;
  const one = `always choosing ${single.model} (${fixed(single.average)})`;
  const range = `95 % interval ${signed(low)} to ${signed(high)}`;
  const by = signed(difference);
  if (low > 0) return { verdict: `${named} beats ${one} by ${by}; ${range}.`, outcome: 'win' };
  if (difference > 0)
    return {
      verdict: `Nothing clearly beats ${one}: ${named} is ahead by ${by}, but its ${range} includes 0.`,
      outcome: 'unclear',
    };
  return { verdict: `Nothing beats ${one}: the best cell is ${named}; ${by}, ${range}.`, outcome: 'loss' };
}

function newModels(found: ScenarioSummary['newModels'], names: string): string[] {
  if (!found) return [];
  const { share, without, gain } = found;
  const worth = gain === null ? '' : `; without them it would reach ${fixed(without)} (gain ${signed(gain)})`;
  return [`It sends ${percent(share)} of the queries to models without training outcomes (${names})${worth}.`];
}

/** The best cell beside what the task alone gives, or what is possible. */
const beside = (what: string, found: Beside | null): string[] =>
  found
    ? [`${what} gives ${fixed(found.average)}; the best cell differs from that by ${signed(found.difference)}.`]
    : [];

function collapsed({ cells, constants: { always, sometimes } }: ScenarioSummary): string[] {
  const text =
    always === 1
      ? `1 of ${plural(cells, 'cell')} is a constant in disguise`
      : `${always} of ${plural(cells, 'cell')} are constants in disguise`;
  return [`${text}${sometimes > 0 ? `, ${sometimes} more with some of their seeds` : ''}.`];
}

const failures = (count: number): string[] => (count === 0 ? [] : [`${plural(count, 'cell')} failed.`]);

/** The same of the paper's tables, as far as three digits tell. */
export function paperVerdict(): string[] {
  const { best, bestSingle, main, sources } = paperSummary();
  return [
    `The paper's best cell is ${fixed(best)}. On the same ${paperTables.setup.rows} rows its best single model scores ${fixed(bestSingle, 4)}, a table of the best model per task ${fixed(paperTables.taskTable)}, and the best model of each row ${fixed(paperTables.oracle)}.`,
    `${main.constant} of the ${main.cells} cells in its main table and ${sources.constant} of the ${sources.cells} in its data-source table equal, to rounding, always choosing one model. Some of them may do so by chance.`,
  ];
}
