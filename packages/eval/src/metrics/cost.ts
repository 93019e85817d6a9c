import { mapChosen } from './chosen-rows.js';
import { reportMetric } from './report-metric.js';

/** Dollars per 1,000 queries; null as soon as the cost of one pick is unknown, since a mean over the others would flatter. */
export const costPer1k = reportMetric({
  name: 'cost_per_1k',
  title: '$ per 1,000',
  format: 'dollars',
  summary: 'dollars per 1,000 queries: recorded cost, else tokens × price; null if any choice has neither',
  help: 'dollars per 1,000 queries',
  higherIsBetter: false,
  columns: { terminal: { title: '$/1k', width: 9 }, page: true },
  perChosenRow(rows) {
    const costs = rows.costs();
    return costs && mapChosen(rows, (q) => 1000 * costs[q]!);
  },
});
