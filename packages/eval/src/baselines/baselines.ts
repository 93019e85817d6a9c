import type { Baseline, Metric, Metrics, RoutingRun, OutcomeTable } from '@routeprofile/schema';
import { evaluateChoices } from '../evaluate.js';
import { builtInMetrics } from '../metrics/index.js';
import { constantName } from '../report/read.js';

/** The rows to judge on, and what training data chose. */
export interface BaselineInput extends Omit<RoutingRun, 'choices'> {
  /** Index of the model chosen on training data; null when nothing could be learned. */
  bestSingle: number | null;
  /** Index of the cheapest model; null when costs are unknown. */
  cheapest: number | null;
  /** Choices of further policies by name, on the rows of `table`. Shape [rows] each: indices into `table.models`. */
  lookups?: Readonly<Record<string, Int32Array>>;
  /** What they choose without the new models. */
  lookupsWithoutNew?: Readonly<Record<string, Int32Array>>;
  /** Default `builtInMetrics`. */
  metrics?: readonly Metric[];
}

/** With more models than this, constants come without figures per task: nobody reads them, and they would fill the report. */
const MOST_WITH_TASKS = 100;
const withoutTasks = ({ perTask: _, ...rest }: Baseline): Baseline => rest;

/**
 * What a router has to beat, all on the rows of `table`:
 * `constant:MODEL` always one model · `best-single` the constant chosen on training data · `best-in-hindsight` the constant
 * with the best average on these rows · `cheapest` · `random` the expectation of choosing uniformly · `oracle` the best model
 * of each row (ties by the order of models) · and the lookups handed in.
 */
export function baselines({
  bestSingle,
  cheapest,
  lookups = {},
  lookupsWithoutNew = {},
  metrics = builtInMetrics,
  ...base
}: BaselineInput): Record<string, Baseline> {
  const { models, queries } = base.table;
  const evaluate = (choices: Int32Array, choicesWithoutNew?: Int32Array) =>
    evaluateChoices({ ...base, choices, ...(choicesWithoutNew && { choicesWithoutNew }) }, metrics);
  const named = new Set(base.newModels);
  const old = models.flatMap((model, m) => (named.has(model) ? [] : [m]));
  const constants = models.map((model, m): Baseline => ({
    ...evaluate(new Int32Array(queries.length).fill(m)),
    model,
  }));
  const brief = models.length > MOST_WITH_TASKS;
  const unknown: Baseline = { metrics: Object.fromEntries(metrics.map(({ name }) => [name, null])) };
  const constantAt = (index: number | null) => (index === null ? undefined : constants[index]) ?? unknown;
  return {
    ...Object.fromEntries(constants.map((found, m) => [constantName(models[m]!), brief ? withoutTasks(found) : found])),
    'best-single': constantAt(bestSingle),
    'best-in-hindsight': constantAt(bestInHindsight(base.table)),
    cheapest: constantAt(cheapest),
    random: expectedRandom(constants, metrics),
    oracle: evaluate(oracleChoices(base), old.length > 0 ? oracleChoices(base, old) : undefined),
    ...Object.fromEntries(
      Object.entries(lookups).map(([name, choices]) => [name, evaluate(choices, lookupsWithoutNew[name])]),
    ),
  };
}

/** The scores of row q, one a model. */
const scoresOf = ({ table }: RoutingRun, q: number): Float64Array =>
  table.values.score.subarray(q * table.models.length, (q + 1) * table.models.length);

/**
 * The best-scoring model of each row, the first of equals: what no router can beat.
 * @param among indices of models in ascending order; default all models
 * @returns indices into `table.models`. Shape [rows].
 */
export function oracleChoices(
  { table, ...rest }: Omit<RoutingRun, 'choices'>,
  among: readonly number[] = [...table.models.keys()],
): Int32Array {
  const run = { ...rest, table, choices: new Int32Array(table.queries.length) };
  return run.choices.map((_, q) => {
    const scores = scoresOf(run, q);
    return among.reduce((best, m) => (scores[m]! > scores[best]! ? m : best));
  });
}

/** What choosing uniformly is expected to give, as each built-in metric says; of other metrics nothing is known: null. */
function expectedRandom(constants: readonly Baseline[], metrics: readonly Metric[]): Baseline {
  const share = 1 / constants.length;
  const expected = (parts: readonly Metrics[]): Metrics =>
    Object.fromEntries(metrics.map(({ name }) => [name, expectedOf(name, parts)]));
  const tasks = Object.keys(constants[0]?.perTask ?? {});
  return {
    metrics: expected(constants.map(({ metrics: own }) => own)),
    perTask: Object.fromEntries(
      tasks.map((task) => [task, expected(constants.map(({ perTask }) => perTask?.[task] ?? {}))]),
    ),
    selection: Object.fromEntries(constants.map(({ model }) => [model ?? '', share])),
  };
}

/** @param parts the figures of each constant */
function expectedOf(name: string, parts: readonly Metrics[]): number | null {
  const atRandom = builtInMetrics.find((metric) => metric.name === name)?.atRandom;
  const known = parts.map((part) => part[name] ?? null).filter((value) => value !== null);
  if (atRandom === undefined || known.length === 0) return null;
  if (known.length < parts.length && atRandom !== 'mean of some') return null;
  if (typeof atRandom === 'function') return atRandom(parts.length);
  return known.reduce((a, b) => a + b, 0) / known.length;
}

/**
 * The model with the highest mean score on these very rows, the first of equals: no one can know it beforehand, and the best
 * of many constants looks better here than it is.
 * @param table every score known
 * @returns its index; null without rows
 */
export function bestInHindsight({ models, queries, values }: OutcomeTable): number | null {
  if (queries.length === 0) return null;
  const sums = models.map((_, m) => queries.reduce((sum, _query, q) => sum + values.score[q * models.length + m]!, 0));
  return sums.reduce((best, sum, m) => (sum > sums[best]! ? m : best), 0);
}
