import { defineMetric, type RoutingRun } from '@routeprofile/schema';
import { entropyBits, selectionShares } from '../table.js';
import { mapRows, rowMetric } from './row-metric.js';

/** For each model of the table, whether it is new; null when none is. */
function newOnes({ newModels, table }: RoutingRun): boolean[] | null {
  const fresh = table.models.map((model) => newModels.includes(model));
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
    return (
      fresh && mapRows(run, (scores, c) => (fresh[c] && scores[c]! > 0 && scores[c] === Math.max(...scores) ? 1 : 0))
    );
  },
});

/** Entropy of the selection in bits: 0 for a constant, log2(models) when all are chosen alike. */
export const selectionEntropy = defineMetric({
  name: 'selection_entropy',
  summary: 'entropy of the selection shares, in bits',
  higherIsBetter: true,
  evaluate: ({ table, choices }) =>
    choices.length === 0 ? null : entropyBits(selectionShares(table.models.length, choices)),
});
