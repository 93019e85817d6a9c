import { defineMetric } from '@routeprofile/schema';
import { entropyBits, selectionShares } from '../table.js';

/** Entropy of the selection in bits: 0 for a constant, log2(models) when all are chosen alike. */
export const selectionEntropy = defineMetric({
  name: 'selection_entropy',
  summary: 'entropy of the selection shares, in bits',
  higherIsBetter: true,
  evaluate: ({ table, choices }) =>
    choices.length === 0 ? null : entropyBits(selectionShares(table.models.length, choices)),
});
