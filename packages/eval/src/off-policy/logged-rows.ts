import { RouteProfileError, type Matrix } from '@routeprofile/schema';

/**
 * A log: on each row a query was answered by the model that was chosen then, and perhaps by a few more. What the others would have
 * answered is not known.
 */
export interface LoggedRows {
  /** Names of the models; every index below is one into this list. */
  models: readonly string[];
  /** Shape [rows]: the model that was chosen. */
  chosen: Int32Array;
  /** Shape [rows × models]: what was measured; NaN where a model was not asked. Never NaN for the one that was chosen, but see `judged`. */
  score: Float64Array;
  /**
   * Shape [models]: the share of each model's answers that somebody judged, from 0 to 1. With it a row may lack the score of its choice: it
   * says what was asked and what that cost. Whether an answer was judged may then depend on its model and on nothing else. See
   * `judgedShares`. Default: every choice has a score.
   */
  judged?: Float64Array;
  /** Shape [rows × models]: dollars of the call; NaN where it is not known. Default: no cost is known. */
  cost?: Float64Array;
  /** The chances with which outcomes came to be measured. Default: they are estimated from the vectors. */
  propensities?: LoggedPropensities;
  /**
   * Shape [rows × models]: 1 where a model was asked on purpose, whatever was chosen: its propensity is 1. See `suggestQueries`.
   * Default: nowhere.
   */
  asked?: Uint8Array;
  /** Shape [rows × dimensions]: vectors of the queries. Without them propensities and rewards are estimated by model alone. */
  vectors?: Matrix;
}

/**
 * `chosen`, shape [rows]: how likely the choice was, in (0, 1]. `all`, shape [rows × models]: how likely each model was to be asked
 * on this row, in [0, 1]: the full vector of an exploring router.
 */
export type LoggedPropensities = { of: 'chosen'; values: Float64Array } | { of: 'all'; values: Float64Array };

/**
 * The policy to be judged: one choice per row, shape [rows]; or the chance of each model, shape [rows × models], rows of sum 1. It
 * must not have learned from these rows' outcomes.
 */
export type TargetPolicy = { choices: Int32Array } | { probabilities: Float64Array };

/** How far the chances of a row may be from a sum of 1. */
const SUM_TOLERANCE = 1e-6;

const refuse = (message: string): never => {
  throw new RouteProfileError('BAD_INPUT', `off-policy: ${message}`);
};

function assertLength(what: string, found: number, expected: number): void {
  if (found !== expected)
    throw new RouteProfileError('SHAPE_MISMATCH', `off-policy: ${what} has ${found} numbers, expected ${expected}`);
}

/**
 * @throws RouteProfileError SHAPE_MISMATCH for parts that do not fit each other; BAD_INPUT for a log without rows, a choice that is
 *   not a model, a chosen model without a score, infinite numbers, and propensities outside their range
 */
export function assertLoggedRows({
  models,
  chosen,
  score,
  judged,
  cost,
  propensities,
  asked,
  vectors,
}: LoggedRows): void {
  const [rows, width] = [chosen.length, models.length];
  if (rows === 0) refuse('the log has no rows');
  assertLength('score', score.length, rows * width);
  if (cost) assertLength('cost', cost.length, rows * width);
  if (judged) assertLength('judged', judged.length, width);
  if (asked) assertLength('asked', asked.length, rows * width);
  const unanswered = asked ? asked.findIndex((flag, k) => flag !== 0 && Number.isNaN(score[k]!)) : -1;
  if (unanswered >= 0)
    refuse(`${models[unanswered % width]} was asked on row ${Math.floor(unanswered / width)} and has no score there`);
  if (vectors && vectors.rows !== rows)
    throw new RouteProfileError('SHAPE_MISMATCH', `off-policy: ${vectors.rows} vectors for ${rows} rows`);
  if (propensities)
    assertLength('propensities', propensities.values.length, propensities.of === 'all' ? rows * width : rows);
  chosen.forEach((model, row) => {
    if (model < 0 || model >= width) refuse(`the choice of row ${row} is ${model}, expected 0 to ${width - 1}`);
    const unscored = Number.isNaN(score[row * width + model]!);
    if (judged && !unscored && !(judged[model]! > 0 && judged[model]! <= 1))
      refuse(
        `the judged share of ${models[model]} is ${judged[model]}, expected above 0 and at most 1: row ${row} has a score`,
      );
    if (!judged && unscored)
      refuse(`row ${row} has no score of ${models[model]}, which was chosen; leave out rows without a score`);
    if (!propensities) return;
    const own = propensities.values[propensities.of === 'all' ? row * width + model : row]!;
    if (!(own > 0 && own <= 1)) refuse(`the propensity of row ${row} is ${own}, expected above 0 and at most 1`);
  });
  assertEntries('score', score, width, (x) => Number.isNaN(x) || Number.isFinite(x), 'a finite number');
  if (cost) assertEntries('cost', cost, width, (x) => Number.isNaN(x) || Number.isFinite(x), 'a finite number');
  if (propensities?.of === 'all')
    assertEntries('propensity', propensities.values, width, (x) => x >= 0 && x <= 1, 'a number from 0 to 1');
}

/**
 * The share of each model's chosen answers that have a score, as `LoggedRows.judged` takes it; 0 for a model that was never chosen.
 * @param chosen shape [rows]
 * @param score shape [rows × models]
 */
export function judgedShares(chosen: Int32Array, score: Float64Array, models: number): Float64Array {
  const [given, scored] = [new Float64Array(models), new Float64Array(models)];
  chosen.forEach((model, row) => {
    given[model]! += 1;
    if (!Number.isNaN(score[row * models + model]!)) scored[model]! += 1;
  });
  return scored.map((count, m) => (count === 0 ? 0 : count / given[m]!));
}

function assertEntries(
  what: string,
  values: Float64Array,
  width: number,
  fits: (value: number) => boolean,
  expected: string,
): void {
  const at = values.findIndex((value) => !fits(value));
  if (at >= 0)
    refuse(`the ${what} of row ${Math.floor(at / width)}, model ${at % width} is ${values[at]}, expected ${expected}`);
}

/**
 * A policy as the chance of each model on each row, shape [rows × models].
 * @throws RouteProfileError SHAPE_MISMATCH for another number of rows, BAD_INPUT for a choice that is not a model and for chances
 *   that are negative, NaN or not of sum 1
 */
export function policyChances(policy: TargetPolicy, rows: number, width: number): Float64Array {
  const chances = new Float64Array(rows * width);
  if ('choices' in policy) {
    assertLength('the choices of a policy', policy.choices.length, rows);
    policy.choices.forEach((model, row) => {
      if (model < 0 || model >= width)
        refuse(`the policy's choice of row ${row} is ${model}, expected 0 to ${width - 1}`);
      chances[row * width + model] = 1;
    });
    return chances;
  }
  assertLength('the chances of a policy', policy.probabilities.length, rows * width);
  assertEntries("policy's chance", policy.probabilities, width, (x) => x >= 0 && x <= 1, 'a number from 0 to 1');
  chances.set(policy.probabilities);
  for (let row = 0; row < rows; row++) {
    const sum = chances.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) > SUM_TOLERANCE) refuse(`the policy's chances of row ${row} have the sum ${sum}, expected 1`);
  }
  return chances;
}
