import { createRandom, grouped, RouteProfileError, type DatasetOptions } from '@routeprofile/schema';
import type { OutcomeRows } from '../dataset/rows.js';
import { stratifiedDraw } from '../dataset/draw.js';
import { normalizeText, plural, someOf } from '../dataset/text.js';

export interface Split {
  train: number[];
  /** Empty when the test rows come from a file of their own. */
  test: number[];
  warnings: string[];
}

/** The split of rows to learn from. */
export const TRAIN = 'train';

/**
 * Which rows are for training and which for testing. Marked rows are used as marked; a set with a single split is cut by
 * the seed, stratified by task, so that equal texts stay on one side, and so do the steps of a trajectory.
 * @param hasTestFile the test rows come from elsewhere
 * @param file how messages name the file of the rows
 * @throws RouteProfileError BAD_INPUT naming the splits that there are.
 */
export function splitRows(rows: OutcomeRows, options: DatasetOptions, hasTestFile: boolean, file: string): Split {
  const bySplit = new Map<string | null, number[]>();
  rows.queries.forEach(({ split }, i) => {
    const members = bySplit.get(split);
    if (members === undefined) bySplit.set(split, [i]);
    else members.push(i);
  });
  const all = rows.queries.map((_, i) => i);
  if (bySplit.size === 1) return hasTestFile ? { train: all, test: [], warnings: [] } : cut(rows, options, file);

  const names = [...bySplit.keys()].map((name) => name ?? '(no split)');
  const listed = `${file} has rows of the splits ${someOf(names, 20)}`;
  const train = bySplit.get(TRAIN);
  if (train === undefined)
    throw new RouteProfileError('BAD_INPUT', `${listed}, none of them is '${TRAIN}'`, {
      hint: `Mark the rows to learn from with "split": "${TRAIN}", or leave a single split: it is then cut by the seed.`,
    });
  const test = hasTestFile ? [] : bySplit.get(options.testSplit);
  if (test === undefined || options.testSplit === TRAIN)
    throw new RouteProfileError('BAD_INPUT', `${listed}, test rows were expected in '${options.testSplit}'`, {
      hint: 'Name a split with --test-split, or give a file with --test.',
    });
  const unused = rows.length - train.length - test.length;
  const idle = names.filter((name) => name !== TRAIN && (hasTestFile || name !== options.testSplit));
  const warnings = unused === 0 ? [] : [`Not used: ${plural(unused, 'row')} of other splits (${someOf(idle, 20)}).`];
  return { train, test, warnings };
}

function cut(rows: OutcomeRows, { split, seed }: DatasetOptions, file: string): Split {
  const groups = inseparable(rows);
  if (groups.length < 2)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file} holds a single query: there is nothing to cut into training and test rows`,
      {
        hint: 'Give more rows, or test rows with --test.',
      },
    );
  const labels = groups.map(([first]) => rows.queries[first!]!.task);
  const size = Math.min(groups.length - 1, Math.max(1, Math.round(groups.length * split)));
  const chosen = new Set(stratifiedDraw(labels, size, createRandom(seed, 'dataset', 'split')));
  const side = (inTrain: boolean) =>
    groups
      .filter((_, i) => chosen.has(i) === inTrain)
      .flat()
      .sort((a, b) => a - b);
  return {
    train: side(true),
    test: side(false),
    warnings: [
      `The rows have a single split: ${Math.round(split * 100)} % of the queries, drawn by the seed and stratified by task, are for training.${rows.queries.some(({ step }) => step) ? ' All steps of a trajectory stay on one side.' : ''}`,
    ],
  };
}

/** Rows that a cut must not part, since one would tell of the other: those of equal text, and the steps of one trajectory. */
function inseparable(rows: OutcomeRows): number[][] {
  const root = rows.queries.map((_, i) => i);
  const rootOf = (row: number): number => {
    let at = row;
    while (root[at] !== at) at = root[at] = root[root[at]!]!;
    return at;
  };
  const [texts, trajectories] = [new Map<string, number>(), new Map<string, number>()];
  const join = (known: Map<string, number>, key: string, row: number): void => {
    const earlier = known.get(key);
    if (earlier === undefined) known.set(key, row);
    else {
      const [a, b] = [rootOf(earlier), rootOf(row)];
      root[Math.max(a, b)] = Math.min(a, b);
    }
  };
  rows.queries.forEach(({ raw, step }, row) => {
    join(texts, normalizeText(raw), row);
    if (step !== undefined) join(trajectories, step.trajectory, row);
  });
  return [...grouped(root.keys(), rootOf).values()];
}
