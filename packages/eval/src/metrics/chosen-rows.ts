import type { RoutingRun } from '@routeprofile/schema';
import { oncePer } from './once-per.js';
import { runCosts } from './run-costs.js';
import { factsOf } from './table-facts.js';

/** What is known of each row after a policy has chosen; a run has it, and so has the file `rows.json`. Shapes [rows]. */
export interface ChosenRows {
  models: readonly string[];
  newModels: readonly string[];
  /** Index into `models`. */
  choices: ArrayLike<number>;
  /** Score of the choice. */
  scores: ArrayLike<number>;
  /** The highest score of the row. */
  best: ArrayLike<number>;
  /** Whether some model scored exactly 0 and some exactly 1. */
  discriminative: ArrayLike<number | boolean>;
  /** Dollars of each call; null as soon as one is not known. */
  costs: () => ArrayLike<number> | null;
}

/** Derived once per run: all metrics of a run ask for the same. */
const known = new WeakMap<RoutingRun, ChosenRows>();

export function chosenRows(run: RoutingRun): ChosenRows {
  const found = known.get(run);
  if (found) return found;
  const { table, newModels, choices } = run;
  const { score } = table.values;
  const { best, discriminative } = factsOf(table);
  const scores = Float64Array.from(choices, (m, q) => score[q * table.models.length + m]!);
  const made = { models: table.models, newModels, choices, scores, best, discriminative, costs: () => runCosts(run) };
  known.set(run, made);
  return made;
}

/** One number per row, from its number. */
export const mapChosen = ({ choices }: ChosenRows, value: (q: number) => number): Float64Array =>
  Float64Array.from({ length: choices.length }, (_, q) => value(q));

const isNew = oncePer((models: readonly string[], newModels: readonly string[]): readonly boolean[] => {
  const named = new Set(newModels);
  return models.map((model) => named.has(model));
});

/** For each of the models, whether it is new; null when none is. */
export function newOnes({ models, newModels }: Pick<ChosenRows, 'models' | 'newModels'>): readonly boolean[] | null {
  if (newModels.length === 0) return null;
  const found = isNew(models, newModels);
  return found.includes(true) ? found : null;
}
