import { plural } from '@routeprofile/schema';
import type { ComparedRun } from './policies.js';

/** The rows of two files that are the same, in the order of the first. */
export interface SharedRows {
  count: number;
  /** Row numbers in each file. */
  a: Int32Array;
  b: Int32Array;
  /** Positions among the shared rows, by task of the first file, in the order of first rows. */
  tasks: { task: string; rows: number[] }[];
  /** Why the comparison may not say what it seems to. */
  warnings: string[];
}

/** Rows meet when id and text are the same. */
export function alignRows(a: ComparedRun, b: ComparedRun): SharedRows {
  const key = ({ file }: ComparedRun, row: number) => JSON.stringify([file.ids[row], file.texts[row]]);
  const places = new Map(b.file.ids.map((_, row) => [key(b, row), row]));
  const pairs = a.file.ids.flatMap((_, row) => {
    const other = places.get(key(a, row));
    return other === undefined ? [] : [[row, other] as const];
  });
  const rows = {
    a: Int32Array.from(pairs, ([row]) => row),
    b: Int32Array.from(pairs, ([, row]) => row),
  };
  const tasks = new Map<string, number[]>();
  rows.a.forEach((row, i) => {
    const task = a.file.tasks[row];
    if (task == null) return;
    const own = tasks.get(task);
    if (own) own.push(i);
    else tasks.set(task, [i]);
  });
  return {
    count: pairs.length,
    ...rows,
    tasks: [...tasks].map(([task, own]) => ({ task, rows: own })),
    warnings: warningsOf(a, b, rows),
  };
}

function warningsOf(a: ComparedRun, b: ComparedRun, rows: Pick<SharedRows, 'a' | 'b'>): string[] {
  const shared = rows.a.length;
  const alone = ({ name, file }: ComparedRun) =>
    file.ids.length > shared ? [`${plural(file.ids.length - shared, 'row')} only in ${name}, left out`] : [];
  const without = (one: ComparedRun, other: ComparedRun) => {
    const lacking = one.file.models.filter((model) => !other.file.models.includes(model));
    return lacking.length > 0 ? [`${plural(lacking.length, 'model')} only in ${one.name}: ${lacking.join(', ')}`] : [];
  };
  const relabelled = relabelledRows(a, b, rows);
  return [
    ...alone(a),
    ...alone(b),
    ...without(a, b),
    ...without(b, a),
    ...(relabelled > 0
      ? [`${plural(relabelled, 'row scores', 'rows score')} the same model differently: the labels differ`]
      : []),
    ...(relabelled === 0 && shared === a.file.ids.length && shared === b.file.ids.length && hash(a) !== hash(b)
      ? ['the test files differ somewhere, though the rows are the same']
      : []),
    ...(a.file.simulated || b.file.simulated ? ['outcomes were simulated: this says nothing about real models'] : []),
  ];
}

const hash = ({ file }: ComparedRun): string => file.dataset.testHash;

/** Rows on which some model that policies of both files chose has two scores. */
function relabelledRows(a: ComparedRun, b: ComparedRun, rows: Pick<SharedRows, 'a' | 'b'>): number {
  const known = ({ file }: ComparedRun, row: number) =>
    new Map([...file.rows, ...file.baselines].map((run) => [file.models[run.choices[row]!], run.scores[row]!]));
  return rows.a.filter((row, i) => {
    const theirs = known(b, rows.b[i]!);
    return [...known(a, row)].some(([model, score]) => theirs.has(model) && theirs.get(model) !== score);
  }).length;
}
