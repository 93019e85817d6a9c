import { sigmoid } from '../softmax.js';
import type { ItemResponse } from './fit.js';

/** What decides the answers to some queries. */
export interface Items {
  dimensions: number;
  /** [items × dimensions] */
  discrimination: Float64Array;
  /** [items] */
  difficulty: Float64Array;
}

/** Items of queries. @param x [queries × width] coordinates */
export function itemsOf({ width, dimensions, discrimination, difficulty }: ItemResponse, x: Float64Array): Items {
  const queries = x.length / width;
  const out = {
    dimensions,
    discrimination: new Float64Array(queries * dimensions),
    difficulty: new Float64Array(queries),
  };
  for (let q = 0; q < queries; q++)
    for (let k = 0; k < width; k++) {
      const xk = x[q * width + k]!;
      for (let d = 0; d < dimensions; d++)
        out.discrimination[q * dimensions + d]! += xk * discrimination[k * dimensions + d]!;
      out.difficulty[q]! += xk * difficulty[k]!;
    }
  return out;
}

/**
 * Logits of being right, [items × models], where outcomes taught; where only pairs did, worths of which differences count.
 * @param abilities [models × dimensions]
 */
export function responseLogits(
  { dimensions, discrimination, difficulty }: Items,
  abilities: Float64Array,
): Float64Array {
  const models = abilities.length / dimensions;
  const out = new Float64Array(difficulty.length * models);
  difficulty.forEach((b, i) => {
    for (let m = 0; m < models; m++) {
      let logit = -b;
      for (let d = 0; d < dimensions; d++)
        logit += discrimination[i * dimensions + d]! * abilities[m * dimensions + d]!;
      out[i * models + m] = logit;
    }
  });
  return out;
}

/** P(right), [queries × models]; without meaning where only pairs taught. @param x [queries × width] coordinates */
export const predictItemResponse = (model: ItemResponse, x: Float64Array): Float64Array =>
  responseLogits(itemsOf(model, x), model.abilities).map(sigmoid);
