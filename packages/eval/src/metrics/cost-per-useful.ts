import { costPerUseful } from '@routeprofile/schema';
import { chosenRows } from './chosen-rows.js';
import { reportMetric } from './report-metric.js';

/** `costPerUseful` of a run; null as soon as the cost of one pick is unknown. */
export const costPerUsefulAnswer = reportMetric({
  name: 'cost_per_useful',
  title: '$ per useful answer',
  format: 'dollars',
  summary: 'all dollars divided by the sum of scores; null if any choice has no cost, or no score is above 0',
  help: 'dollars per answer that is right, half a score counting as half an answer',
  higherIsBetter: false,
  columns: { page: true },
  evaluate(run) {
    const rows = chosenRows(run);
    const costs = rows.costs();
    if (costs === null) return null;
    return costPerUseful(total(costs), total(rows.scores)) ?? null;
  },
});

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
