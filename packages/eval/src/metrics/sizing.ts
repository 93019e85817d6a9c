import { meanOfCounted, type OutcomeTable, type RoutingRun } from '@routeprofile/schema';
import { chosenRows, mapChosen, type ChosenRows } from './chosen-rows.js';
import { oncePer } from './once-per.js';
import { reportMetric } from './report-metric.js';
import { callCost, candidateAt } from './run-costs.js';
import { factsOf } from './table-facts.js';

/**
 * Whether a router took the model that a row needs: the cheapest of those that reach the row's best score. Where models are tiers, such as in
 * TwinRouterBench (arXiv 2605.18859), that is the exact match of its tier, `fell_short` is too small a tier, and `overpaid` too large a one.
 */

/** What the cheapest of the best models of each row costs, in dollars; null as soon as the cost of one of them is not known. */
const leastCosts = oncePer((table: OutcomeTable, candidates: RoutingRun['candidates']): Float64Array | null => {
  const { models, queries, values } = table;
  const { best } = factsOf(table);
  const least = new Float64Array(queries.length).fill(Infinity);
  const behind = models.map((_, m) => candidateAt({ candidates, table }, m));
  for (let q = 0; q < queries.length; q++)
    for (let m = 0; m < models.length; m++) {
      if (values.score[q * models.length + m]! < best[q]!) continue;
      const cost = callCost(table, behind[m], q, m);
      if (!Number.isFinite(cost)) return null;
      if (cost < least[q]!) least[q] = cost;
    }
  return least;
});

/** 1 where another model scored higher than the choice. */
const shortOf = ({ scores, best }: Pick<ChosenRows, 'scores' | 'best'>, q: number): number =>
  Number(scores[q]! < best[q]!);

/** 1 for each row whose choice is one of the cheapest of its best models, else 0. Shape [rows]. */
export function rightSizedRows(run: RoutingRun): Float64Array | null {
  const least = leastCosts(run.table, run.candidates);
  if (least === null) return null;
  const { best } = factsOf(run.table);
  const { models, values } = run.table;
  return Float64Array.from(run.choices, (m, q) => {
    const isBest = values.score[q * models.length + m]! >= best[q]!;
    return isBest && callCost(run.table, candidateAt(run, m), q, m) <= least[q]! ? 1 : 0;
  });
}

export const rightSized = reportMetric({
  name: 'right_sized',
  title: 'Right-sized',
  format: 'percent',
  summary: 'share of rows sent to the cheapest model that reaches the row’s best score; null if a cost is not known',
  help: 'share of rows sent to the cheapest of the models that did best on them',
  higherIsBetter: true,
  beside: 'trajectory_pass',
  columns: { page: true },
  perRow: rightSizedRows,
});

export const fellShort = reportMetric({
  name: 'fell_short',
  title: 'Fell short',
  format: 'percent',
  summary: 'share of rows on which another model scored higher than the chosen one',
  help: 'share of rows on which another model did better: the chosen one was too small',
  higherIsBetter: false,
  beside: 'trajectory_pass',
  columns: { page: true },
  perChosenRow: (rows) => mapChosen(rows, (q) => shortOf(rows, q)),
});

export const overpaid = reportMetric({
  name: 'overpaid',
  title: 'Overpaid',
  format: 'percent',
  summary: 'share of rows on which a cheaper model reached the same best score; null if a cost is not known',
  help: 'share of rows on which a cheaper model did as well: the chosen one was too large',
  higherIsBetter: false,
  beside: 'trajectory_pass',
  columns: { page: true },
  atRandom: 'mean',
  evaluate(run) {
    const right = rightSizedRows(run);
    const rows = chosenRows(run);
    return right && meanOfCounted(right.map((is, q) => 1 - is - shortOf(rows, q)));
  },
});
