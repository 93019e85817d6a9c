import {
  createMatrix,
  createRandom,
  nextTurn,
  rowOf,
  throwIfAborted,
  RouteProfileError,
  type Matrix,
  type RunContext,
} from '@routeprofile/schema';
import { squash } from '../model/squash.js';
import { averageOf, spread, type Bags } from './bags.js';

/** What `fitByCosine` is told. */
export interface CosineInput {
  bags: Bags;
  /** [rows × dimensions] of unit length: the teacher's vectors. */
  targets: Matrix;
  /** [pieces × dimensions]: where to begin. */
  start: Matrix;
  /** Rows in the order in which an epoch begins; one that stands here twice counts twice. Default: each once. */
  rows?: Int32Array;
  /** Passes over all rows. */
  epochs: number;
  /** Largest step of Adam; it rises over the first 50 steps, or the first tenth of all, and falls to 0 along a half cosine. */
  learningRate: number;
  /** Rows per step. Default 512. */
  batch?: number;
  /** Called after each epoch with the vectors as they are, which it must not change, and the mean of 1 − cosine in it. */
  onEpoch?: (epoch: number, vectors: Matrix, loss: number) => void;
}

const DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const TINY = 1e-8;
const WARM_UP = 50;

/**
 * Piece vectors U, so that `tanh(Σ share · U[piece])` points where the teacher points: Adam (arXiv 1412.6980) on 1 − cosine, with one offset common to all
 * pieces, so that what all texts tell reaches pieces that none of them has.
 * @throws RouteProfileError ABORTED, NOT_FINITE.
 */
export async function fitByCosine(input: CosineInput, ctx: RunContext): Promise<Matrix> {
  const { bags, targets, start, epochs, learningRate, batch = 512, onEpoch } = input;
  const { rows: pieces, cols: dimensions } = start;
  const order = input.rows ?? Int32Array.from({ length: targets.rows }, (_, i) => i);
  const vectors = Float32Array.from(start.data);
  const offset = new Float32Array(dimensions);
  const adam = [createAdam(vectors), createAdam(offset)] as const;
  const average = new Float64Array(dimensions);
  const gradient = new Float64Array(dimensions);
  const random = createRandom(ctx.seed, 'static', 'batches');
  const perEpoch = Math.ceil(order.length / batch);
  const warmUp = Math.min(WARM_UP, Math.ceil((epochs * perEpoch) / 10));
  const result = () => {
    const out = createMatrix(pieces, dimensions, Float32Array.from(vectors));
    for (let piece = 0; piece < pieces; piece++) {
      const row = rowOf(out, piece);
      for (let d = 0; d < dimensions; d++) row[d]! += offset[d]!;
    }
    return out;
  };

  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const shuffled = random.shuffle([...order]);
    let loss = 0;
    for (let from = 0; from < shuffled.length; from += batch) {
      const rows = shuffled.slice(from, from + batch);
      for (const state of adam) state.gradient.fill(0);
      for (const row of rows) {
        averageOf(bags, row, vectors, average);
        for (let d = 0; d < dimensions; d++) average[d]! += offset[d]!;
        loss += cosineGradient(average, rowOf(targets, row), 1 / rows.length, gradient);
        spread(bags, row, gradient, adam[0].gradient);
        for (let d = 0; d < dimensions; d++) adam[1].gradient[d]! += gradient[d]!;
      }
      step++;
      const done = (step - 1) / (epochs * perEpoch);
      const rate = learningRate * Math.min(1, step / warmUp) * 0.5 * (1 + Math.cos(Math.PI * done));
      for (const state of adam) state.update(step, rate);
      ctx.onProgress?.({ stage: 'fit', done: step, total: epochs * perEpoch, unit: 'steps' });
      await nextTurn();
      throwIfAborted(ctx);
    }
    if (!Number.isFinite(loss))
      throw new RouteProfileError('NOT_FINITE', `static: the loss is ${loss} after epoch ${epoch + 1}`, {
        hint: 'Take a smaller learning rate.',
      });
    onEpoch?.(epoch, result(), loss / shuffled.length);
  }
  return result();
}

/** Loss 1 − cos(tanh(z), y) of one row; its gradient by z, times `weight`, into `out`. */
function cosineGradient(z: Float64Array, y: Float32Array, weight: number, out: Float64Array): number {
  let square = 0;
  let dot = 0;
  for (let d = 0; d < z.length; d++) {
    const t = squash(z[d]!);
    out[d] = t;
    square += t * t;
    dot += t * y[d]!;
  }
  const norm = Math.sqrt(square) || 1;
  const cosine = dot / norm;
  for (let d = 0; d < z.length; d++) {
    const t = out[d]!;
    out[d] = (weight * (cosine * (t / norm) - y[d]!) * (1 - t * t)) / norm;
  }
  return 1 - cosine;
}

function createAdam(parameters: Float32Array) {
  const gradient = new Float32Array(parameters.length);
  const mean = new Float32Array(parameters.length);
  const square = new Float32Array(parameters.length);
  return {
    gradient,
    update(step: number, rate: number) {
      const scale = rate / (1 - DECAY ** step);
      const squareScale = 1 / (1 - SQUARE_DECAY ** step);
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]!;
        const m = DECAY * mean[i]! + (1 - DECAY) * g;
        const s = SQUARE_DECAY * square[i]! + (1 - SQUARE_DECAY) * g * g;
        mean[i] = m;
        square[i] = s;
        parameters[i]! -= (scale * m) / (Math.sqrt(s * squareScale) + TINY);
      }
    },
  };
}
