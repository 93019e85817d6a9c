import {
  isLog,
  type Candidate,
  type Contender,
  type Matrix,
  type OutcomeValues,
  type RouterTraining,
} from '@routeprofile/schema';
import { bestSingle } from '@routeprofile/numerics';
import { callCost } from '../metrics/run-costs.js';
import { assumptionOf, offPolicyValue, type Assumption } from '../off-policy/estimate.js';
import { fitOffPolicy } from '../off-policy/evidence.js';
import { logOfTable } from '../off-policy/table-log.js';

/** What a router decided on each training query by fits that had not seen it. Shape of each [training queries]. */
export type OutOfFold =
  /** Index of the best ranked model that was measured on the query, −1 where none was; of a log, of the best ranked model. */
  | { choices: Int32Array }
  /** Where only pairs are known: the share of the query's pairs that it ranks right; NaN without pairs. */
  | { pairsRight: Float64Array };

/** The training rows that contenders are judged on, and the folds they were dealt to. */
export interface SelectionRows {
  /** Fold of each training query. Shape [training queries]. */
  foldOf: Int32Array;
  /** What routers learned from. */
  training: Pick<RouterTraining, 'outcomes' | 'pairs'>;
  /** Shape [training queries × dimensions]: what the chances of a log are estimated from. Default: its models' shares. */
  vectors?: Matrix;
}

/** A router of the report, as the rule for choosing sees it. */
export interface RouterContender {
  name: string;
  seed: number;
  outOfFold?: OutOfFold;
}

export interface Estimates {
  /** The best single model first, where there is one; then the routers in their order. */
  contenders: Contender[];
  from: 'outcomes' | 'pairs';
  /** Whether all were judged on the same queries. */
  sameQueries: boolean;
  /** Where the training rows are a log: what its estimates take for granted. */
  assumes?: Assumption;
}

/** What each contender is worth on training data, out of fold: the best single model too is singled out without the fold it is judged on. */
export function estimateContenders(
  routers: readonly RouterContender[],
  { foldOf, training, vectors }: SelectionRows,
  candidates: readonly Candidate[],
  newModels: readonly string[],
  seed: number,
): Estimates {
  const models = candidates.map(({ id }) => id);
  const from = training.outcomes?.score.some((score) => !Number.isNaN(score)) ? 'outcomes' : 'pairs';
  const logged =
    from === 'outcomes' && isLog(training.outcomes!, models.length)
      ? judgeByLog(training.outcomes!, models, vectors, seed)
      : null;
  const single = singleOutOfFold(models, training, foldOf, newModels, from, logged !== null);
  const estimate = (outOfFold: OutOfFold | undefined) => {
    if (outOfFold === undefined) return { quality: null, costPer1k: null };
    if ('pairsRight' in outOfFold) return { quality: meanOfKnown(outOfFold.pairsRight), costPer1k: null };
    if (logged) return logged.worth(outOfFold.choices);
    return training.outcomes
      ? judgedChoices(outOfFold.choices, training.outcomes, candidates)
      : { quality: null, costPer1k: null };
  };
  const outcomes = from === 'outcomes' ? training.outcomes : null;
  return {
    from,
    sameQueries: logged !== null || outcomes === null || completeRows(outcomes, models.length).length > 0,
    ...(logged && { assumes: logged.assumes }),
    contenders: [
      ...(single ? [{ name: single.model, seed: null, ...estimate(single.outOfFold) }] : []),
      ...routers.map(({ name, seed, outOfFold }) => ({ name, seed, ...estimate(outOfFold) })),
    ],
  };
}

/**
 * What choices are worth by a log: doubly robust estimates of mean score and dollars per 1,000 queries, over all its rows. null where
 * the log does not say, as for choices that it hardly ever made.
 */
function judgeByLog(outcomes: OutcomeValues, models: readonly string[], vectors: Matrix | undefined, seed: number) {
  const table = logOfTable(outcomes, models, seed, vectors);
  if (!table) return null;
  const evidence = fitOffPolicy(table.log, { seed });
  return {
    assumes: assumptionOf(evidence),
    worth(choices: Int32Array) {
      const { score, cost } = offPolicyValue(evidence, { choices: table.rows.map((row) => choices[row]!) });
      return {
        quality: score.dr.known ? score.dr.value : null,
        costPer1k: cost?.dr.known ? 1000 * cost.dr.value : null,
      };
    },
  };
}

function meanOfKnown(values: Float64Array): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

/** The rows where every model that was measured at all has an outcome. */
function completeRows({ score }: Pick<OutcomeValues, 'score'>, width: number): number[] {
  const rows = Array.from({ length: score.length / width }, (_, q) => q);
  const known = (q: number, m: number) => !Number.isNaN(score[q * width + m]!);
  const measured = Array.from({ length: width }, (_, m) => m).filter((m) => rows.some((q) => known(q, m)));
  return rows.filter((q) => measured.every((m) => known(q, m)));
}

/** On the rows where every model that was measured at all has an outcome, if there are any, so that all face the same rows. */
function judgedChoices(choices: Int32Array, values: OutcomeValues, candidates: readonly Candidate[]) {
  const width = candidates.length;
  const models = candidates.map(({ id }) => id);
  const rows = Array.from(choices.keys());
  const known = (q: number, m: number) => !Number.isNaN(values.score[q * width + m]!);
  const complete = completeRows(values, width);
  const judged = (complete.length > 0 ? complete : rows).filter((q) => choices[q]! >= 0 && known(q, choices[q]!));
  if (judged.length === 0) return { quality: null, costPer1k: null };
  const mean = (of: (q: number, m: number) => number) =>
    judged.reduce((sum, q) => sum + of(q, choices[q]!), 0) / judged.length;
  const cost = mean((q, m) => 1000 * callCost({ values, models, queries: [] }, candidates[m], q, m));
  return { quality: mean((q, m) => values.score[q * width + m]!), costPer1k: Number.isFinite(cost) ? cost : null };
}

/** Always the model that the other folds single out; named by what all rows single out. */
function singleOutOfFold(
  models: readonly string[],
  training: SelectionRows['training'],
  foldOf: Int32Array,
  newModels: readonly string[],
  from: Estimates['from'],
  logged: boolean,
): { model: string; outOfFold: OutOfFold } | null {
  const whole = bestSingle(models, training, newModels);
  if (!whole) return null;
  const folds = [...new Set(foldOf)];
  const without = new Map(
    folds.map((fold) => [
      fold,
      bestSingle(models, withoutFold(training, foldOf, fold, models.length), newModels) ?? whole,
    ]),
  );
  if (from === 'outcomes') {
    const { score } = training.outcomes!;
    const choices = foldOf.map((fold, q) => {
      const { index } = without.get(fold)!;
      if (logged) return index;
      return Number.isNaN(score[q * models.length + index]!) ? -1 : index;
    });
    return { model: whole.model, outOfFold: { choices } };
  }
  const right = new Float64Array(foldOf.length);
  const met = new Float64Array(foldOf.length);
  for (const { query, better, worse } of training.pairs) {
    const { worth } = without.get(foldOf[query]!)!;
    const lead = (worth[better]! || 0) - (worth[worse]! || 0);
    right[query]! += lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
    met[query]! += 1;
  }
  return { model: whole.model, outOfFold: { pairsRight: right.map((count, q) => count / met[q]!) } };
}

function withoutFold(
  { outcomes, pairs }: SelectionRows['training'],
  foldOf: Int32Array,
  fold: number,
  width: number,
): SelectionRows['training'] {
  const score = outcomes?.score.map((value, k) => (foldOf[Math.floor(k / width)] === fold ? NaN : value));
  return {
    pairs: pairs.filter(({ query }) => foldOf[query] !== fold),
    outcomes: outcomes && score ? { ...outcomes, score } : null,
  };
}
