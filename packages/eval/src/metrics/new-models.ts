import { defineMetric, type RoutingRun } from '@routeprofile/schema';
import { mapRows, meanOfCounted, rowMetric } from './row-metric.js';
import { factsOf } from './table-facts.js';

/** A run of which it is also known what would have been chosen from the models that are not new. */
export interface RunWithoutNew extends RoutingRun {
  /** Index into `table.models`, one a query, never that of a new model. */
  choicesWithoutNew?: Int32Array;
}

/** For each model of the table, whether it is new; null when none is. */
function newOnes({ newModels, table }: RoutingRun): boolean[] | null {
  if (newModels.length === 0) return null;
  const named = new Set(newModels);
  const fresh = table.models.map((model) => named.has(model));
  return fresh.includes(true) ? fresh : null;
}

/** Share of the rows routed to models without training outcomes; null when there are none. */
export const newModelShare = rowMetric({
  name: 'new_model_share',
  summary: 'share of rows routed to models without training outcomes',
  higherIsBetter: true,
  perRow(run) {
    const fresh = newOnes(run);
    return fresh && mapRows(run, (_, choice) => (fresh[choice] ? 1 : 0));
  },
});

/**
 * Share of ALL rows routed to a new model on which it reaches the row's highest score, above 0. Always choosing the new model
 * can be best by this figure, so read it beside `new_model_share` and `avg_performance`. null when no model is new.
 */
export const newModelHit = rowMetric({
  name: 'new_model_hit',
  summary: 'share of all rows routed to a new model that has the row’s highest, non-zero score',
  higherIsBetter: true,
  perRow(run) {
    const fresh = newOnes(run);
    const { best } = factsOf(run.table);
    return fresh && mapRows(run, (score, choice, q) => (fresh[choice] && score > 0 && score === best[q] ? 1 : 0));
  },
});

/**
 * Of the rows that tell models apart (some scored 0, some 1) and on which a new model is among the best, the share routed to a
 * new model. 1 for always choosing it: read it beside `avg_performance`. null when no model is new, or no row is such.
 */
export const newModelRecall = rowMetric({
  name: 'new_model_recall',
  summary:
    'of the rows where some model scored 0, some 1, and a new one is among the best: share routed to a new model',
  higherIsBetter: true,
  perRow(run) {
    const fresh = newOnes(run);
    if (!fresh) return null;
    const { best, discriminative } = factsOf(run.table);
    const { score } = run.table.values;
    const amongBest = (q: number) => fresh.some((isNew, m) => isNew && score[q * fresh.length + m] === best[q]);
    return mapRows(run, (_, choice, q) => (discriminative[q] && amongBest(q) ? (fresh[choice] ? 1 : 0) : NaN));
  },
});

/** Mean score on the rows routed to a new model; null when none is. Not paired with other policies: its rows are the router's. */
export const newModelPerformance = defineMetric({
  name: 'new_model_performance',
  summary: 'mean score on the rows routed to a new model',
  higherIsBetter: true,
  evaluate(run) {
    const fresh = newOnes(run);
    return fresh && meanOfCounted(mapRows(run, (score, choice) => (fresh[choice] ? score : NaN)));
  },
});

/**
 * Mean score had the router chosen its best ranked model that is not new: what it reaches without the new models in the pool.
 * null when no model is new, or when nobody knows what else would have been chosen.
 */
export const avgPerformanceWithoutNew = rowMetric({
  name: 'avg_performance_without_new',
  summary: 'mean score when the best ranked model that is not new is chosen',
  higherIsBetter: true,
  perRow(run) {
    const fresh = newOnes(run);
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
