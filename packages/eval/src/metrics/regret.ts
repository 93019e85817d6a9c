import { mapChosen } from './chosen-rows.js';
import { reportMetric } from './report-metric.js';

/** What the best model of each row scores above the choice. Two runs are compared by it; in a report it has a section of its own. */
export const regret = reportMetric({
  name: 'regret',
  summary: 'mean of the row’s best score minus that of the choice',
  higherIsBetter: false,
  perChosenRow: (rows) => mapChosen(rows, (q) => rows.best[q]! - rows.scores[q]!),
});
