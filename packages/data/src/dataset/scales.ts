import type { OutcomeRows } from './rows.js';
import { plural, someOf } from './text.js';

/** Fewer scores say nothing of a scale. */
const MIN_SCORES = 3;
/** A share of 1 never gets there; ratings of 1 to 5 get no further. */
const BEYOND_SHARES = 10;

interface Range {
  count: number;
  least: number;
  most: number;
}

/** Models of one task whose scores cannot be on one scale. */
interface MixedScales {
  tasks: string[];
  /** All their scores lie between 0 and 1, some above 0. */
  shares: string[];
  /** All of them have scores above 10. */
  larger: string[];
  /** Highest score of any of `larger`. */
  most: number;
}

/**
 * Finds models on different scales, task by task (rows without a task count as one). Some are flagged when the models with at
 * least 3 scores in a task fall into two kinds, both there: all scores between 0 and 1 and some above 0; some score above 10.
 */
function mixedScales(parts: readonly OutcomeRows[]): MixedScales[] {
  const found = new Map<string, MixedScales>();
  for (const [task, models] of rangesByTask(parts)) {
    const known = [...models].filter(([, { count }]) => count >= MIN_SCORES);
    const shares = known.filter(([, { least, most }]) => least >= 0 && most <= 1 && most > 0).map(([model]) => model);
    const larger = known.filter(([, { most }]) => most > BEYOND_SHARES);
    if (shares.length === 0 || larger.length === 0) continue;
    const names = larger.map(([model]) => model);
    const key = JSON.stringify([shares, names]);
    const most = Math.max(...larger.map(([, range]) => range.most));
    const same = found.get(key);
    if (same === undefined) found.set(key, { tasks: [task], shares, larger: names, most });
    else {
      same.tasks.push(task);
      same.most = Math.max(same.most, most);
    }
  }
  return [...found.values()];
}

function rangesByTask(parts: readonly OutcomeRows[]): Map<string, Map<string, Range>> {
  const tasks = new Map<string, Map<string, Range>>();
  for (const rows of parts)
    rows.queries.forEach(({ task }, row) => {
      const ranges = tasks.get(task ?? '') ?? new Map<string, Range>();
      tasks.set(task ?? '', ranges);
      rows.forEachMeasured(row, 'score', (model, score) => {
        const name = rows.models[model]!;
        const range = ranges.get(name);
        if (range === undefined) ranges.set(name, { count: 1, least: score, most: score });
        else {
          range.count++;
          range.least = Math.min(range.least, score);
          range.most = Math.max(range.most, score);
        }
      });
    });
  return tasks;
}

/** The fewer first: theirs is most likely the wrong scale. */
export const scaleWarnings = (parts: readonly OutcomeRows[]): string[] =>
  mixedScales(parts).map(({ tasks, shares, larger, most }) => {
    const kinds = [
      { models: shares, says: `only scores between 0 and 1` },
      { models: larger, says: `scores up to ${Number(most.toPrecision(6))}` },
    ].sort((a, b) => a.models.length - b.models.length);
    const [odd, rest] = kinds.map(
      ({ models, says }) => `${someOf(models)} ${models.length === 1 ? 'has' : 'have'} ${says}`,
    );
    const where = tasks.length === 1 && tasks[0] === '' ? '' : ` (${plural(tasks.length, 'task')}: ${someOf(tasks)})`;
    return `Scores are on different scales: ${odd}, while ${rest}${where}. Bring them to one scale, such as 0 to 1: until then every comparison of these models is wrong.`;
  });
