import { type NamedArray, type Random, RouteProfileError } from '@routeprofile/schema';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { denseNormElu, dropoutMask, linear, normalizeRowsOf } from './dense.js';
import { filled, linearWeights, type Weights } from './initialisers.js';

/** Widths of a tower: `layers` linear maps, input → hidden … → output; all but the last with LayerNorm, ELU, dropout. */
export interface TowerShape {
  input: number;
  hidden: number;
  output: number;
  layers: number;
}

/** Input and output width of each linear map. */
export function layerWidths({ input, hidden, output, layers }: TowerShape): [number, number][] {
  return Array.from({ length: layers }, (_, i) => [i === 0 ? input : hidden, i === layers - 1 ? output : hidden]);
}

/** Seeded weights by PyTorch's laws: `PREFIX.0.weight`, `.bias`, and for hidden layers `.gamma` (ones), `.beta` (zeros). */
export function towerWeights(random: Random, shape: TowerShape, prefix: string): Weights {
  const weights: Weights = {};
  layerWidths(shape).forEach(([fanIn, fanOut], i) => {
    const { weight, bias } = linearWeights(random, fanIn, fanOut);
    weights[`${prefix}.${i}.weight`] = weight;
    weights[`${prefix}.${i}.bias`] = bias;
    if (i === shape.layers - 1) return;
    weights[`${prefix}.${i}.gamma`] = filled([fanOut], 1);
    weights[`${prefix}.${i}.beta`] = filled([fanOut], 0);
  });
  return weights;
}

/**
 * The shape of a tower in a set of weights.
 * @throws RouteProfileError CORRUPT_FILE naming the array that is missing or does not fit.
 */
export function towerShape(weights: Weights, prefix: string): TowerShape {
  const need = (name: string, shape?: readonly number[]): NamedArray => {
    const array = Object.hasOwn(weights, name) ? weights[name] : undefined;
    const fits = array !== undefined && (shape === undefined || String(array.shape) === String(shape));
    if (array !== undefined && fits && array.data.length === array.shape.reduce((a, b) => a * b, 1)) return array;
    const found =
      array === undefined ? 'missing' : `of shape [${array.shape.join(', ')}], ${array.data.length} numbers`;
    throw new RouteProfileError('CORRUPT_FILE', `weights: ${name} is ${found}`, {
      hint: 'Train and save the router again.',
    });
  };
  let layers = 0;
  while (Object.hasOwn(weights, `${prefix}.${layers}.weight`)) layers++;
  const sizes = Array.from({ length: Math.max(layers, 1) }, (_, i) => need(`${prefix}.${i}.weight`).shape);
  sizes.forEach((size, i) => {
    const width = i === 0 ? size[0] : sizes[i - 1]![1];
    need(`${prefix}.${i}.weight`, [width!, size[1]!]);
    need(`${prefix}.${i}.bias`, [size[1]!]);
    if (i === layers - 1) return;
    need(`${prefix}.${i}.gamma`, [size[1]!]);
    need(`${prefix}.${i}.beta`, [size[1]!]);
  });
  return { input: sizes[0]![0]!, hidden: sizes[0]![1]!, output: sizes[layers - 1]![1]!, layers };
}

/** Dropout while training (Srivastava et al. 2014): which units fall comes from the seeded stream, the others are divided by 1 − rate. */
export interface Dropout {
  random: Random;
  /** Share of units set to zero. */
  rate: number;
}

/**
 * One tower over a batch, on the active backend: x [rows, input] → unit rows [rows, output].
 * @param dropout while training; none otherwise
 */
export function tower(
  tf: TensorFlow,
  x: Tensor2D,
  parameters: Readonly<Record<string, Tensor>>,
  prefix: string,
  dropout?: Dropout,
): Tensor2D {
  const at = (i: number, name: string) => parameters[`${prefix}.${i}.${name}`];
  let out = x;
  let i = 0;
  for (; at(i, 'gamma') !== undefined; i++) {
    const weight = at(i, 'weight')!;
    const [rows, columns] = [out.shape[0], weight.shape[1]!];
    const mask =
      dropout === undefined || dropout.rate === 0
        ? undefined
        : tf.tensor2d(dropoutMask(dropout.random, rows, columns, dropout.rate), [rows, columns]);
    out = denseNormElu(tf, out, { weight, bias: at(i, 'bias')!, gamma: at(i, 'gamma')!, beta: at(i, 'beta')! }, mask);
  }
  return normalizeRowsOf(tf, linear(tf, out, { weight: at(i, 'weight')!, bias: at(i, 'bias')! }));
}

/** Two towers, `query` and `model`, each with its own seeded stream. They meet at the output, so only its width must agree. */
export function twoTowerWeights(
  random: (label: string) => Random,
  query: TowerShape,
  model: TowerShape = query,
): Weights {
  return { ...towerWeights(random('query'), query, 'query'), ...towerWeights(random('model'), model, 'model') };
}

/**
 * Cosines of every query with every model (the MLP router of arXiv 2605.00180): queries [rows, input], models [models, input] →
 * [rows, models].
 */
export function twoTower(
  tf: TensorFlow,
  queries: Tensor2D,
  models: Tensor2D,
  parameters: Readonly<Record<string, Tensor>>,
  dropout?: Dropout,
): Tensor2D {
  const q = tower(tf, queries, parameters, 'query', dropout);
  const m = tower(tf, models, parameters, 'model', dropout);
  return tf.matMul(q, m, false, true);
}
