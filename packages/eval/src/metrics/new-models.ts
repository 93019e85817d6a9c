import { meanOfCounted, type RoutingRun } from '@routeprofile/schema';
import { mapChosen, newOnes } from './chosen-rows.js';
import { reportMetric } from './report-metric.js';
import { bestAmong, factsOf } from './table-facts.js';

/** A run of which it is also known what would have been chosen from the models that are not new. */
export interface RunWithoutNew extends RoutingRun {
  /** Index into `table.models`, one a query, never that of a new model. */
  choicesWithoutNew?: Int32Array;
}

/** Share of the rows routed to models without training outcomes; null when there are none. */
export const newModelShare = reportMetric({
  name: 'new_model_share',
  summary: 'share of rows routed to models without training outcomes',
  higherIsBetter: true,
  format: 'percent',
  columns: { newModels: { place: 3, title: 'new share', help: 'Share of the queries that go to new models' } },
  perChosenRow(rows) {
    const fresh = newOnes(rows);
    return fresh && mapChosen(rows, (q) => (fresh[rows.choices[q]!] ? 1 : 0));
  },
});

/**
 * Share of ALL rows routed to a new model on which it reaches the row's highest score, above 0. Always choosing the new model
 * can be best by this figure, so read it beside `new_model_share` and `avg_performance`. null when no model is new.
 */
export const newModelHit = reportMetric({
  name: 'new_model_hit',
  summary: 'share of all rows routed to a new model that has the row’s highest, non-zero score',
  higherIsBetter: true,
  columns: {
    newModels: {
      place: 5,
      title: 'new hit',
      help: 'Share of all rows where a new model is chosen and has the highest score, above 0',
    },
  },
  perRow(run) {
    const fresh = newOnes({ ...run, models: run.table.models });
    const { best } = factsOf(run.table);
    return fresh && mapRows(run, (score, choice, q) => (fresh[choice] && score > 0 && score === best[q] ? 1 : 0));
  },
});

/**
 * Of the rows that tell models apart (some scored 0, some 1) and on which a new model is among the best, the share routed to a
 * new model. 1 for always choosing it: read it beside `avg_performance`. null when no model is new, or no row is such.
 */
export const newModelRecall = reportMetric({
  name: 'new_model_recall',
  summary:
    'of the rows where some model scored 0, some 1, and a new one is among the best: share routed to a new model',
  higherIsBetter: true,
  format: 'percent',
  columns: {
    newModels: {
      place: 4,
      title: 'recall',
      help: 'Of the rows that tell models apart and where a new model is among the best: share that goes to a new model',
    },
  },
  perRow(run) {
    const fresh = newOnes({ ...run, models: run.table.models });
    if (!fresh) return null;
    const { best, discriminative } = factsOf(run.table);
    const bestNew = bestAmong(run.table, fresh);
    return mapRows(run, (_, choice, q) =>
      discriminative[q] && bestNew[q] === best[q] ? (fresh[choice] ? 1 : 0) : NaN,
    );
  },
});

/** Mean score on the rows routed to a new model; null when none is. Not paired with other policies: its rows are the router's. */
export const newModelPerformance = reportMetric({
  name: 'new_model_performance',
  summary: 'mean score on the rows routed to a new model',
  higherIsBetter: true,
  columns: { newModels: { place: 6, title: 'on those', help: 'Mean score on the rows that go to new models' } },
  atRandom: 'mean of some',
  evaluate(run) {
    const fresh = newOnes({ ...run, models: run.table.models });
    return fresh && meanOfCounted(mapRows(run, (score, choice) => (fresh[choice] ? score : NaN)));
  },
});

/**
 * Mean score had the router chosen its best ranked model that is not new: what it reaches without the new models in the pool.
 * null when no model is new, or when nobody knows what else would have been chosen.
 */
export const avgPerformanceWithoutNew = reportMetric({
  name: 'avg_performance_without_new',
  summary: 'mean score when the best ranked model that is not new is chosen',
  higherIsBetter: true,
  columns: {
    newModels: {
      place: 2,
      title: 'without',
      help: 'Mean score when the best ranked model that is not new is chosen',
    },
  },
  atRandom: 'mean of some',
  perRow(run) {
    const fresh = newOnes({ ...run, models: run.table.models });
    if (!fresh) return null;
    const instead = choicesWithoutNew(run);
    // Who never chooses a new model chooses the same without them.
    const old = instead ?? (run.choices.some((choice) => fresh[choice]) ? null : run.choices);
    return old && mapRows({ ...run, choices: old }, (score) => score);
  },
});

/** Metrics get a plain run; one made by this package may know more. */
const choicesWithoutNew = (run: RoutingRun): Int32Array | undefined =>
  'choicesWithoutNew' in run && run.choicesWithoutNew instanceof Int32Array ? run.choicesWithoutNew : undefined;

/** One number per row, from the score of the choice. */
function mapRows(run: RoutingRun, value: (score: number, choice: number, q: number) => number): Float64Array {
  const { score } = run.table.values;
  const width = run.table.models.length;
  return Float64Array.from(run.choices, (choice, q) => value(score[q * width + choice]!, choice, q));
}
