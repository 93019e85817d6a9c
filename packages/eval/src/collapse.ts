import type { Candidate, Collapse, OutcomeTable } from '@routeprofile/schema';
import { LEAST_ROWS } from './interval.js';
import { callCost } from './metrics/run-costs.js';
import { factsOf } from './metrics/table-facts.js';
import { chosenShares, entropyBits } from './table.js';

/** From this share of the queries on, a router is as good as a constant. */
export const COLLAPSED_TOP_SHARE = 0.95;
/** As is one that spreads over no more than this many models, counted as 2^entropy. */
export const COLLAPSED_EFFECTIVE_MODELS = 1.25;
/** As is one whose choices score as one model's answers do on this share of the rows, whichever models it names. */
export const COLLAPSED_SAME_OUTCOME = 0.95;
/** Unless it gets there for this share of that model's cost, or less: saving is not what a constant does. */
const COLLAPSED_COST_SHARE = 0.95;
/** Averages that differ by less are equal. */
const EQUAL_AVERAGE = 1e-9;

/**
 * Is the router a constant in disguise? The flag is raised when one model gets at least 95 % of the queries, when the
 * effective number of models is at most 1.25, or when the average equals a constant's and 95 % of the rows score as that
 * constant does, unless the choices are known to cost less than 95 % of what it costs (`COLLAPSED_TOP_SHARE`, `COLLAPSED_EFFECTIVE_MODELS` as 2^entropy, `COLLAPSED_SAME_OUTCOME`). `equals` names any constant with the same average (the router's favourite first); alone it does not raise
 * the flag, since two different policies can meet on one number by chance. Nor is it raised on fewer than `LEAST_ROWS` rows:
 * on one row every router chooses one model.
 * @param candidates in the order of the models, for prices where no cost is recorded
 */
export function collapseOf(table: OutcomeTable, choices: Int32Array, candidates: readonly Candidate[] = []): Collapse {
  const { models, queries, values } = table;
  const rows = queries.length;
  if (rows === 0) return { flag: false, topShare: 0, effectiveModels: 0, equals: null };
  const chosen = chosenShares(choices);
  const byChoices = collapseByChoices(chosen.shares, rows);
  const top = chosen.models[chosen.shares.indexOf(byChoices.topShare)]!;
  const { means } = factsOf(table);
  const own = choices.reduce((sum, choice, q) => sum + values.score[q * models.length + choice]!, 0) / rows;
  const equalTo = (m: number) => Math.abs(means[m]! - own) < EQUAL_AVERAGE;
  const equal = equalTo(top) ? top : models.findIndex((_, m) => equalTo(m));
  const score = (q: number, m: number) => values.score[q * models.length + m]!;
  const sameOutcome = queries.filter((_, q) => score(q, choices[q]!) === score(q, equal)).length / rows;
  return {
    ...byChoices,
    flag:
      byChoices.flag ||
      (rows >= LEAST_ROWS &&
        equal !== -1 &&
        sameOutcome >= COLLAPSED_SAME_OUTCOME &&
        !saves(table, choices, equal, candidates)),
    equals: models[equal] ?? null,
  };
}

/**
 * The flag by choices alone, where outcomes are not known.
 * @param shares of the models that are chosen, of sum 1
 */
export function collapseByChoices(shares: Float64Array, rows: number): Collapse {
  const topShare = shares.reduce((most, share) => Math.max(most, share), 0);
  const effectiveModels = 2 ** entropyBits(shares);
  return {
    flag: rows >= LEAST_ROWS && isConcentrated({ topShare, effectiveModels }),
    topShare,
    effectiveModels,
    equals: null,
  };
}

/** Of those, whether its choices alone tell: (almost) all queries go to one model, whatever that scores. */
export const choosesOneModel = (collapse: Collapse): boolean => collapse.flag && isConcentrated(collapse);

const isConcentrated = ({ topShare, effectiveModels }: Pick<Collapse, 'topShare' | 'effectiveModels'>): boolean =>
  topShare >= COLLAPSED_TOP_SHARE || effectiveModels <= COLLAPSED_EFFECTIVE_MODELS;

/** Whether all costs are known, and the choices cost clearly less than always choosing the model. */
function saves(table: OutcomeTable, choices: Int32Array, model: number, candidates: readonly Candidate[]): boolean {
  const total = (choice: (q: number) => number) =>
    choices.reduce((sum, _, q) => sum + callCost(table, candidates[choice(q)], q, choice(q)), 0);
  return total((q) => choices[q]!) < COLLAPSED_COST_SHARE * total(() => model);
}
