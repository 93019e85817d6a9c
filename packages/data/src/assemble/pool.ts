import { LOG_SHARE, RouteProfileError, type LeftOut, type DatasetOptions } from '@routeprofile/schema';
import { loneShare } from '../dataset/coverage.js';
import { assertNamedModels, assertTested } from '../dataset/new-models.js';
import type { OutcomeRows } from '../dataset/rows.js';
import { plural, someOf } from '../dataset/text.js';

export interface Pool {
  /** In the order of `order`, new models included. */
  candidates: string[];
  newModels: string[];
  leftOut: LeftOut[];
  /** The training rows were read as a log. */
  logged: boolean;
  /** What a model has too little of that is left out, such as `outcomes on less than 95 % of the training rows`. */
  tooFew: string;
}

interface Rows {
  rows: OutcomeRows;
  indices: readonly number[];
}

type PoolOptions = Pick<DatasetOptions, 'mode' | 'minCoverage' | 'minOutcomes' | 'newModels'>;

/** What decides who is a candidate. */
interface Rule {
  logged: boolean;
  isEnough: (outcomes: number, rows: number) => boolean;
  /** `outcomes on 95 % of the training rows` */
  enough: string;
  tooFew: string;
}

/**
 * Where models were asked the same queries, a candidate has outcomes on a share of them, so that all can be compared row by row. In a
 * log each model has some of the rows, and a number of outcomes is asked for.
 */
const RULES = {
  together: ({ minCoverage }: PoolOptions): Rule => {
    const share = `${Math.round(minCoverage * 100)} % of the training rows`;
    return {
      logged: false,
      isEnough: (outcomes, rows) => outcomes > 0 && outcomes / rows >= minCoverage,
      enough: `outcomes on ${share}`,
      tooFew: `outcomes on less than ${share}`,
    };
  },
  log: ({ minOutcomes }: PoolOptions): Rule => ({
    logged: true,
    isEnough: (outcomes) => outcomes >= minOutcomes,
    enough: `${plural(minOutcomes, 'training outcome')} or more`,
    tooFew: `fewer than ${plural(minOutcomes, 'training outcome')}`,
  }),
};

const countsOf = ({ rows, indices }: Rows): ReadonlyMap<string, number> => {
  const counts = rows.coverage(indices);
  return new Map(rows.models.map((model, i) => [model, counts[i]!]));
};

/**
 * Who may be chosen: models with enough training outcomes; in mode newllm also the new ones: those named, or, when none is named,
 * those without training outcomes and with enough on the test rows. Training rows of which most have one model's outcome are a log;
 * so are others that leave no two candidates unless they are read as one.
 * @param order every model, cards first
 * @throws RouteProfileError UNKNOWN_NAME for a named model that no row knows; BAD_INPUT when fewer than two models remain, no
 * model is new in mode newllm, or a named one has no test outcomes.
 */
export function choosePool(order: readonly string[], train: Rows, test: Rows, options: PoolOptions): Pool {
  const { mode, newModels: named } = options;
  const trained = countsOf(train);
  const tested = countsOf(test);
  const known = order.filter((model) => trained.has(model) || tested.has(model));
  assertNamedModels(named, known);
  assertTested(named, test.rows, test.indices);

  const poolBy = (rule: Rule): Pool => {
    const isTrained = (model: string) => rule.isEnough(trained.get(model) ?? 0, train.indices.length);
    const appeared = (model: string) =>
      (trained.get(model) ?? 0) === 0 && rule.isEnough(tested.get(model) ?? 0, test.indices.length);
    const isNew = (model: string) => mode === 'newllm' && (named.length > 0 ? named.includes(model) : appeared(model));
    const candidates = order.filter((model) => isNew(model) || isTrained(model));
    return {
      candidates,
      newModels: order.filter(isNew),
      leftOut: known
        .filter((model) => !candidates.includes(model))
        .map((model) => ({ model, coverage: (trained.get(model) ?? 0) / train.indices.length })),
      logged: rule.logged,
      tooFew: rule.tooFew,
    };
  };
  const learned = ({ candidates, newModels }: Pool) => candidates.length - newModels.length;
  const [together, log] = [RULES.together(options), RULES.log(options)];
  const isLog = loneShare(train.rows, train.indices) >= LOG_SHARE;
  const strict = poolBy(isLog ? log : together);
  const loose = !isLog && learned(strict) < 2 ? poolBy(log) : strict;
  const pool = learned(loose) >= 2 ? loose : strict;

  if (mode === 'newllm' && pool.newModels.length === 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `mode newllm: no model is absent from the ${plural(train.indices.length, 'training row')} and present in the test rows`,
      {
        hint: 'A new model has outcomes on the test rows only. Remove its training outcomes, or use mode standard.',
      },
    );
  if (pool.candidates.length < 2) throw nothingToRoute(pool, isLog ? log : together, trained);
  return pool;
}

/** What to do about outcomes of a single model. */
const ONE_MODEL =
  'The rows hold outcomes of one model alone, and a router needs two to choose from. Add another model’s outcomes on the same queries: import its files together with these, or with --append, or have collect ask it.';

function nothingToRoute(
  { candidates, leftOut }: Pool,
  { enough, logged }: Rule,
  trained: ReadonlyMap<string, number>,
): RouteProfileError {
  const found = candidates.length === 0 ? `no model has ${enough}` : `only ${candidates[0]} has ${enough}`;
  const best = leftOut.toSorted((a, b) => b.coverage - a.coverage).slice(0, 5);
  const amount = ({ model, coverage }: LeftOut) =>
    logged
      ? `${model} (${(trained.get(model) ?? 0).toLocaleString('en-US')})`
      : `${model} (${(coverage * 100).toFixed(1)} %)`;
  const others = best.length === 0 ? '' : `; left out: ${someOf(best.map(amount))}`;
  return new RouteProfileError('BAD_INPUT', `there is nothing to route: ${found}${others}`, {
    hint:
      leftOut.length === 0
        ? ONE_MODEL
        : logged
          ? 'A router needs at least two candidates. Collect more of the log, or ask the models that are left out some of its queries; --min-outcomes asks for fewer.'
          : 'A router needs at least two candidates. Ask the models that are left out the queries they lack, and add the outcomes: rows that lack a candidate count in no comparison.',
  });
}
