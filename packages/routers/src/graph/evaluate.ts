import { createMatrix, rowOf, type Matrix, type NamedArray } from '@routeprofile/schema';
import { createLinearMaps, type LinearMap, type Weights } from '@routeprofile/tensor';
import { attend, rowRange, type Nodes } from './attention.js';
import type { GraphShape } from './network.js';

/**
 * A network without TensorFlow.js, for routing and validation. What the models take from the training queries is
 * computed once, the context; a query then attends to the models and to itself, and to no other query.
 */
export interface GraphEvaluator {
  /** Other weights in the same shapes. */
  load: (weights: Weights) => void;
  /** The models' rows going into each layer and coming out of the last: layers + 1 matrices [models × hidden]. */
  context: (queries: Matrix, profiles: Matrix) => Matrix[];
  /** Against models of this context and the weights now loaded: queries → [queries × models], each apart from its batch. */
  scorer: (context: readonly Matrix[]) => (queries: Matrix) => Matrix;
}

/** Queries at a time: bounds the memory of their sums, heads · hidden numbers each. */
const CHUNK = 256;

const eluInPlace = (x: Matrix): Matrix => {
  x.data.forEach((value, k) => (x.data[k] = value > 0 ? value : Math.expm1(value)));
  return x;
};

/**
 * What rows are asked, as a linear map of them: column 2 h is W_h a_source of head h, column 2 h + 1 is W_h a_target.
 * @param weight [heads · in, out] @param attention [heads, 2, out]
 */
function askedMap(weight: NamedArray, attention: NamedArray, heads: number): NamedArray {
  const [rows, out] = weight.shape as [number, number];
  const input = rows / heads;
  const data = new Float32Array(input * 2 * heads);
  for (let h = 0; h < heads; h++)
    for (let i = 0; i < input; i++)
      for (let side = 0; side < 2; side++) {
        let sum = 0;
        for (let o = 0; o < out; o++)
          sum += weight.data[(h * input + i) * out + o]! * attention.data[(2 * h + side) * out + o]!;
        data[(i * heads + h) * 2 + side] = sum;
      }
  return { shape: [input, 2 * heads], data };
}

function mapsOf(weights: Weights, { layers, heads }: GraphShape): Record<string, LinearMap> {
  const linear = (name: string): LinearMap => ({ weight: weights[`${name}.weight`]!, bias: weights[`${name}.bias`]! });
  const maps: Record<string, LinearMap> = {
    query: linear('query'),
    model: linear('model'),
    first: { weight: weights['edge.first']!, bias: weights['edge.bias']! },
    second: { weight: weights['edge.second']! },
  };
  for (let l = 0; l < layers; l++) {
    const attention = linear(`attention.${l}`);
    maps[`attention.${l}`] = attention;
    maps[`asked.${l}`] = { weight: askedMap(attention.weight, weights[`attention.${l}.attention`]!, heads) };
  }
  return maps;
}

/** Opens trained weights for evaluation; they must fit the shape. */
export async function createGraphEvaluator(initial: Weights, shape: GraphShape): Promise<GraphEvaluator> {
  const { layers, heads, residual, balanced } = shape;
  const maps = await createLinearMaps(mapsOf(initial, shape));
  let weights = initial;

  const nodes = (rows: Matrix, l: number): Nodes => ({ rows, asked: maps.apply(`asked.${l}`, rows) });
  /** One layer for one kind of node. */
  const step = (own: Nodes, others: Nodes, l: number): Matrix => {
    const message = maps.apply(`attention.${l}`, attend(own, others, heads, balanced, maps));
    if (l < layers - 1) eluInPlace(message);
    if (residual) message.data.forEach((value, k) => (message.data[k] = value + own.rows.data[k]!));
    return message;
  };
  const stepInChunks = (rows: Matrix, models: Nodes, l: number): Matrix => {
    const out = createMatrix(rows.rows, models.rows.cols);
    for (let start = 0; start < rows.rows; start += CHUNK) {
      const part = rowRange(rows, start, Math.min(start + CHUNK, rows.rows));
      out.data.set(step(nodes(part, l), models, l).data, start * out.cols);
    }
    return out;
  };

  return {
    load: (others) => {
      weights = others;
      maps.load(mapsOf(others, shape));
    },
    context: (queries, profiles) => {
      let q = eluInPlace(maps.apply('query', queries));
      let m = eluInPlace(maps.apply('model', profiles));
      const context = [m];
      for (let l = 0; l < layers; l++) {
        const models = nodes(m, l);
        m = step(models, nodes(q, l), l);
        context.push(m);
        if (l < layers - 1) q = stepInChunks(q, models, l);
      }
      return context;
    },
    scorer: (context) => {
      const models = context.slice(0, layers).map(nodes);
      const right = maps.apply('second', context[layers]!);
      const [out, bias] = [weights['edge.out']!.data, weights['edge.outBias']!.data[0]!];
      return (queries) => {
        const scores = createMatrix(queries.rows, right.rows);
        for (let start = 0; start < queries.rows; start += CHUNK) {
          const part = rowRange(queries, start, Math.min(start + CHUNK, queries.rows));
          const encoded = models.reduce((q, m, l) => step(nodes(q, l), m, l), eluInPlace(maps.apply('query', part)));
          const left = maps.apply('first', encoded);
          for (let i = 0; i < left.rows; i++)
            for (let m = 0; m < right.rows; m++)
              scores.data[(start + i) * scores.cols + m] = bias + pairScore(rowOf(left, i), rowOf(right, m), out);
        }
        return scores;
      };
    },
  };
}

/** out · ReLU(left + right) */
function pairScore(left: Float32Array, right: Float32Array, out: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < out.length; d++) {
    const x = left[d]! + right[d]!;
    if (x > 0) sum += x * out[d]!;
  }
  return sum;
}
