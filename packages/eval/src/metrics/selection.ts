import { chosenShares, entropyBits } from '../table.js';
import { reportMetric } from './report-metric.js';

/** Entropy of the selection in bits: 0 for a constant, log2(models) when all are chosen alike. */
export const selectionEntropy = reportMetric({
  name: 'selection_entropy',
  format: 'bits',
  summary: 'entropy of the selection shares, in bits',
  higherIsBetter: true,
  atRandom: (models) => entropyBits(new Float64Array(models).fill(1 / models)),
  evaluate: ({ choices }) => (choices.length === 0 ? null : entropyBits(chosenShares(choices).shares)),
});
