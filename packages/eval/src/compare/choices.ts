import type { PolicyRows } from '@routeprofile/schema';
import type { SharedRows } from './align.js';
import type { ComparedRun, Policy } from './policies.js';

/** Where the two sides send a query to different models. */
export interface ChoiceChanges {
  /** Share of the rows; with several seeds, the mean over pairs of seeds, equal ones where there are such. */
  differ: number;
  /** From b's choice to a's, most frequent first. */
  changes: {
    from: string;
    to: string;
    /** Share of the rows. */
    share: number;
    /** Mean scores on these rows. */
    a: number;
    /** The same of b. */
    b: number;
  }[];
}

type Side = ComparedRun & { policy: Policy };

export function choiceChanges(a: Side, b: Side, shared: SharedRows): ChoiceChanges {
  const pairs = runPairs(a.policy, b.policy);
  const all = pairs.length * shared.count;
  const found = new Map<string, { from: string; to: string; rows: number; a: number; b: number }>();
  for (const [own, other] of pairs)
    for (let i = 0; i < shared.count; i++) {
      const [row, otherRow] = [shared.a[i]!, shared.b[i]!];
      const to = a.file.models[own.choices[row]!]!;
      const from = b.file.models[other.choices[otherRow]!]!;
      if (from === to) continue;
      const key = JSON.stringify([from, to]);
      const change = found.get(key) ?? { from, to, rows: 0, a: 0, b: 0 };
      change.rows += 1;
      change.a += own.scores[row]!;
      change.b += other.scores[otherRow]!;
      found.set(key, change);
    }
  const changes = [...found.values()].sort(
    (x, y) => y.rows - x.rows || compareText(x.from, y.from) || compareText(x.to, y.to),
  );
  return {
    differ: changes.reduce((sum, { rows }) => sum + rows, 0) / all,
    changes: changes.map(({ from, to, rows, a: own, b: other }) => ({
      from,
      to,
      share: rows / all,
      a: own / rows,
      b: other / rows,
    })),
  };
}

/** By code units, the same on every machine. */
const compareText = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);

function runPairs(a: Policy, b: Policy): [PolicyRows, PolicyRows][] {
  const same = a.seeds.flatMap((seed, i): [PolicyRows, PolicyRows][] => {
    const other = b.runs[b.seeds.indexOf(seed)];
    return other ? [[a.runs[i]!, other]] : [];
  });
  return same.length > 0
    ? same
    : a.runs.flatMap((own) => b.runs.map((other): [PolicyRows, PolicyRows] => [own, other]));
}
