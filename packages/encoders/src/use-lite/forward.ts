import type { Arena } from '@routeprofile/tensor';
import { countTokens } from './batches.js';
import { ACTIVATION_LIMIT, quantizeWeights } from './quantize.js';
import {
  EMBEDDING,
  HIDDEN,
  WIDTH,
  type DenseWeights,
  type LayerWeights,
  type NormWeights,
  type UseLiteWeights,
} from './weights.js';
import { WINDOW_TOKENS } from './windows.js';

const HEADS = 4;
const NORM_EPSILON = 1e-6;
/** What `multiplyQuantized` does with its result. */
const WRITE = 0;
const RELU = 1;
const ADD = 2;

interface Dense {
  panels: number;
  scales: number;
  bias: number;
  inputs: number;
  outputs: number;
}

interface Norm {
  gamma: number;
  beta: number;
  width: number;
}

/** Windows of 1 to 128 tokens, together at most `mostTokens` → their vectors, row-major [windows × 512]. */
export type Forward = (windows: readonly Int32Array[]) => Float32Array;

/**
 * The forward pass of the Universal Sentence Encoder lite (arXiv 1803.11175): a two-layer transformer with layer norms before
 * its parts, mean-pooled, then a dense layer with tanh, to unit length. The tokens of all windows are the rows of one matrix;
 * only attention and the mean know windows. Memory is reserved once, for `mostTokens` rows.
 *
 * The mean is taken before the last product instead of after it, which is the same by linearity, and one row per window
 * instead of one per token.
 */
export function createForward(weights: UseLiteWeights, arena: Arena, mostTokens: number): Forward {
  const { routines } = arena;
  const placeDense = ({ weights: numbers, bias }: DenseWeights): Dense => {
    const outputs = bias.length;
    const inputs = numbers.length / outputs;
    const { panels, scales } = quantizeWeights(numbers, inputs, outputs);
    return { panels: arena.place(panels), scales: arena.place(scales), bias: arena.place(bias), inputs, outputs };
  };
  const placeNorm = ({ gamma, beta }: NormWeights): Norm => ({
    gamma: arena.place(gamma),
    beta: arena.place(beta),
    width: gamma.length,
  });
  const placeLayer = (layer: LayerWeights) => ({
    beforeAttention: placeNorm(layer.beforeAttention),
    attention: placeDense(layer.attention),
    attended: placeDense(layer.attended),
    beforeForward: placeNorm(layer.beforeForward),
    widen: placeDense(layer.widen),
    narrow: placeDense(layer.narrow),
  });
  const [first, second] = [placeLayer(weights.layers[0]), placeLayer(weights.layers[1])];
  const [widen, output] = [placeDense(weights.widen), placeDense(weights.output)];
  const embeddings = weights.embeddings.slice();
  const timing = timingSignal(weights.frequencies);

  const tokens = arena.reserve(mostTokens * EMBEDDING);
  const state = arena.reserve(mostTokens * WIDTH);
  const normal = arena.reserve(mostTokens * WIDTH);
  const wide = arena.reserve(mostTokens * HIDDEN);
  const integers = arena.reserve(mostTokens * HIDDEN, 2);
  const scales = arena.reserve(mostTokens);
  const turned = arena.reserve((WINDOW_TOKENS * WIDTH) / HEADS);
  const attentionWeights = arena.reserve(WINDOW_TOKENS * WINDOW_TOKENS);
  const wideMeans = arena.reserve(mostTokens * HIDDEN);
  const means = arena.reserve(mostTokens * WIDTH);
  const vectors = arena.reserve(mostTokens * WIDTH);

  const apply = (dense: Dense, x: number, to: number, rows: number, mode: number) => {
    const { panels, bias, inputs, outputs } = dense;
    routines.quantizeRows(x, integers, scales, rows, inputs, ACTIVATION_LIMIT);
    routines.multiplyQuantized(integers, scales, panels, dense.scales, bias, to, rows, outputs, inputs, mode);
  };
  const normalise = ({ gamma, beta, width }: Norm, x: number, rows: number) =>
    routines.normRows(x, gamma, beta, normal, rows, width, NORM_EPSILON);
  const attend = (windows: readonly Int32Array[], width: number) => {
    let at = 0;
    for (const { length } of windows) {
      const [from, to] = [wide + at * 3 * width * 4, normal + at * width * 4];
      routines.attendWindow(from, to, length, width, HEADS, Math.sqrt(HEADS / width), turned, attentionWeights);
      at += length;
    }
  };

  /** A layer but for its last product: the state has what its tokens attended to, and `wide` what that product takes. */
  const begin = (layer: typeof first, windows: readonly Int32Array[], rows: number, from: number, width: number) => {
    normalise(layer.beforeAttention, from, rows);
    apply(layer.attention, normal, wide, rows, WRITE);
    attend(windows, width);
    apply(layer.attended, normal, state, rows, ADD);
    normalise(layer.beforeForward, state, rows);
    apply(layer.widen, normal, wide, rows, RELU);
  };

  return (windows) => {
    const rows = countTokens(windows);
    if (rows > mostTokens || windows.some(({ length }) => length < 1 || length > WINDOW_TOKENS))
      throw new Error(`use-lite: ${rows} tokens do not fit, or a window has none or more than ${WINDOW_TOKENS}`);
    embed(windows, embeddings, timing, arena.floats(tokens, rows * EMBEDDING));
    apply(widen, tokens, state, rows, WRITE);
    begin(first, windows, rows, tokens, EMBEDDING);
    apply(first.narrow, wide, state, rows, ADD);

    begin(second, windows, rows, state, WIDTH);
    let at = 0;
    windows.forEach(({ length }, i) => {
      routines.columnMeans(wide + at * HIDDEN * 4, wideMeans + i * HIDDEN * 4, length, HIDDEN);
      routines.columnMeans(state + at * WIDTH * 4, means + i * WIDTH * 4, length, WIDTH);
      at += length;
    });
    apply(second.narrow, wideMeans, means, windows.length, ADD);

    apply(output, means, vectors, windows.length, WRITE);
    routines.tanhRows(vectors, windows.length * WIDTH);
    routines.normalizeRows(vectors, vectors, scales, windows.length, WIDTH, NORM_EPSILON);
    return arena.floats(vectors, windows.length * WIDTH).slice();
  };
}

/** [128 × 256]: per position 128 sines, then 128 cosines. */
function timingSignal(frequencies: Float32Array): Float32Array {
  const signal = new Float32Array(WINDOW_TOKENS * EMBEDDING);
  for (let position = 0; position < WINDOW_TOKENS; position++)
    frequencies.forEach((frequency, i) => {
      const angle = Math.fround(position * frequency);
      signal[position * EMBEDDING + i] = Math.sin(angle);
      signal[position * EMBEDDING + EMBEDDING / 2 + i] = Math.cos(angle);
    });
  return signal;
}

/** Twice each token's vector, and where it stands: the graph adds the vector once with the signal and once without. */
function embed(
  windows: readonly Int32Array[],
  embeddings: Float32Array,
  timing: Float32Array,
  out: Float32Array,
): void {
  let at = 0;
  for (const window of windows)
    window.forEach((token, position) => {
      for (let d = 0; d < EMBEDDING; d++)
        out[at++] = 2 * embeddings[token * EMBEDDING + d]! + timing[position * EMBEDDING + d]!;
    });
}
