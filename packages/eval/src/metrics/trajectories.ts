import { grouped, meanOfCounted, type OutcomeTable, type RoutingRun } from '@routeprofile/schema';
import { chosenRows } from './chosen-rows.js';
import { oncePer } from './once-per.js';
import { reportMetric } from './report-metric.js';
import { candidateAt } from './run-costs.js';
import { fellShort, rightSizedRows } from './sizing.js';

/**
 * The score of the static track of TwinRouterBench (arXiv 2605.18859) for steps of agents. Where p is the share of rows with the row's best
 * score, e the right-sized share, t the share of rows whose whole trajectory passes, and s the share of the dearest model's bill that is saved:
 *
 *   tier score = (p + e + t + s) / 4
 *
 * s is the mean over tasks, weighted by their rows, of Σ(b − c) / Σb: b is what the dearest model would cost, c what the router's choice costs.
 * On a trajectory that fails c counts in full and nothing is saved, since all of it is done again by the dearest model: −Σc.
 * A step is paid as its provider's cache has it: what the prompt shares with the step before is read from the cache where that step went to
 * the same model, at most three places before, and the rest is written to it.
 */

/** A cache forgets what is more steps ago. */
const CACHED_STEPS = 3;

/** Rows of each trajectory by their steps; a query without a step is a trajectory of its own. Null where no query has one. */
const known = new WeakMap<OutcomeTable, readonly (readonly number[])[] | null>();

function trajectoriesOf(table: OutcomeTable): readonly (readonly number[])[] | null {
  const found = known.get(table);
  if (found !== undefined) return found;
  const made = table.queries.some(({ step }) => step !== undefined) ? inOrder(table) : null;
  known.set(table, made);
  return made;
}

function inOrder({ queries }: OutcomeTable): readonly (readonly number[])[] {
  const place = (q: number): number => queries[q]!.step?.index ?? 0;
  const rows = grouped(queries.keys(), (q) => queries[q]!.step?.trajectory ?? q);
  return [...rows.values()].map((members) => members.toSorted((a, b) => place(a) - place(b) || a - b));
}

/** Dollars of each call along the trajectories, caches included; NaN where tokens or the model's price are not known. Shape [rows]. */
function pathCosts(
  run: Pick<RoutingRun, 'table' | 'candidates'>,
  trajectories: readonly (readonly number[])[],
  choices: ArrayLike<number>,
): Float64Array {
  const { models, queries, values } = run.table;
  const costs = new Float64Array(queries.length).fill(NaN);
  for (const rows of trajectories)
    rows.forEach((q, i) => {
      const model = choices[q]!;
      const price = candidateAt(run, model)?.price;
      if (!price) return;
      const { step } = queries[q]!;
      const before = rows[i - 1];
      const isWarm =
        step !== undefined &&
        before !== undefined &&
        choices[before] === model &&
        step.index - queries[before]!.step!.index <= CACHED_STEPS;
      const input = values.inputTokens[q * models.length + model]!;
      const cached = isWarm ? Math.min(step.sharedTokens, input) : 0;
      const { cachedInput = price.input, cacheWrite = price.input, output } = price;
      const answer = values.outputTokens[q * models.length + model]!;
      costs[q] = (cached * cachedInput + (input - cached) * cacheWrite + answer * output) / 1e6;
    });
  return costs;
}

/** What always taking the dearest model costs, row by row; null where there are no trajectories, tokens or prices. */
const dearestCosts = oncePer((table: OutcomeTable, candidates: RoutingRun['candidates']): Float64Array | null => {
  const trajectories = trajectoriesOf(table);
  if (trajectories === null) return null;
  const all = table.models.map((_, m) =>
    pathCosts({ table, candidates }, trajectories, new Int32Array(table.queries.length).fill(m)),
  );
  const totals = all.map((costs) => costs.reduce((sum, cost) => sum + cost, 0));
  return totals.every(Number.isFinite) ? (all[totals.indexOf(Math.max(...totals))] ?? null) : null;
});

/** For each row whether every step of its trajectory has the row's best score. */
function passingRows(run: RoutingRun, trajectories: readonly (readonly number[])[]): Uint8Array {
  const { scores, best } = chosenRows(run);
  const passes = new Uint8Array(run.choices.length);
  for (const rows of trajectories) if (rows.every((q) => scores[q]! >= best[q]!)) for (const q of rows) passes[q] = 1;
  return passes;
}

export const trajectoryPass = reportMetric({
  name: 'trajectory_pass',
  title: 'Trajectories passed',
  format: 'percent',
  summary: 'share of rows all steps of whose trajectory have their row’s best score; null where no query is a step',
  help: 'share of rows in trajectories on which no step fell short',
  higherIsBetter: true,
  columns: { page: true },
  evaluate(run) {
    const trajectories = trajectoriesOf(run.table);
    return trajectories && meanOfCounted(Float64Array.from(passingRows(run, trajectories)));
  },
});

export const trajectorySavings = reportMetric({
  name: 'trajectory_savings',
  title: 'Saved along trajectories',
  format: 'percent',
  summary:
    'share of the dearest model’s bill that is saved, prompt caches included, a failed trajectory being paid twice; null without steps, tokens or prices',
  help: 'share of the dearest model’s bill that is saved, prompt caches included; who fails a trajectory pays it again at the dearest model',
  higherIsBetter: true,
  columns: { page: true },
  evaluate(run) {
    const trajectories = trajectoriesOf(run.table);
    const base = dearestCosts(run.table, run.candidates);
    if (trajectories === null || base === null) return null;
    const passes = passingRows(run, trajectories);
    const tasks = new Map<string | null, { rows: number; saved: number; bill: number }>();
    pathCosts(run, trajectories, run.choices).forEach((cost, q) => {
      const { task } = run.table.queries[q]!;
      const { rows, saved, bill } = tasks.get(task) ?? { rows: 0, saved: 0, bill: 0 };
      tasks.set(task, { rows: rows + 1, saved: saved + passes[q]! * base[q]! - cost, bill: bill + base[q]! });
    });
    const billed = [...tasks.values()].filter(({ bill }) => bill > 0);
    if (billed.length === 0) return null;
    return billed.reduce((sum, { rows, saved, bill }) => sum + (rows * saved) / bill, 0) / run.choices.length;
  },
});

export const tierScore = reportMetric({
  name: 'tier_score',
  title: 'Tier score',
  summary:
    'TwinRouterBench’s combined score, at most 1: mean of the share of rows with the row’s best score, right_sized, trajectory_pass and trajectory_savings; null if one is',
  help: 'TwinRouterBench’s combined score, at most 1: mean of rows passed, right-sized, trajectories passed and saved along them',
  higherIsBetter: true,
  columns: { terminal: { title: 'tier score' }, page: true },
  evaluate(run) {
    const savings = trajectorySavings.evaluate(run);
    const right = meanOfCounted(rightSizedRows(run));
    const passed = trajectoryPass.evaluate(run);
    const short = fellShort.evaluate(run);
    if (savings === null || right === null || passed === null || short === null) return null;
    return (1 - short + right + passed + savings) / 4;
  },
});
