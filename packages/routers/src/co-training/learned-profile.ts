import { createMatrix, rowOf, type Matrix, type Random } from '@routeprofile/schema';
import { filled, uniform, type TensorFlow, type Weights } from '@routeprofile/tensor';
import type { CoTrainKind } from './options.js';
import type { TaskFeatures } from './task-scores.js';

type Tensor = ReturnType<TensorFlow['tensor']>;
type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
type Parameters = Readonly<Record<string, Tensor>>;

/** Every parameter of the learned function is named so. */
export const PREFIX = 'coTrain.';

/** What the learned function of some models reads; nothing here is trained. */
export interface ProfileSource {
  kind: CoTrainKind;
  /** [models × dimensions] as the router scales them. */
  frozen: Matrix;
  /** `residual`: 1 for a model with training rows, one of the fitted models; 0 for any other. */
  own?: Float32Array;
  /** `keyed`: [models × tasks] and [tasks × dimensions of the keys]. */
  keyed?: { features: TaskFeatures; centroids: Matrix };
  scales: Scales;
}

/** Root mean squares over the fitted models, so that a rate means the same whatever the profiles' lengths are. */
export interface Scales {
  /** Of what the function reads, at the start. */
  input: number;
  /** Of the frozen profiles: the unit of the learned change. */
  profile: number;
}

const rootMeanSquare = (data: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < data.length; k++) sum += data[k]! ** 2;
  // In single precision, so that it is the same when read back from a file.
  return Math.fround(Math.sqrt(sum / Math.max(1, data.length))) || 1;
};

/** @param source without scales, of the fitted models */
export function scalesOf({ frozen, keyed }: Omit<ProfileSource, 'scales'>): Scales {
  const profile = rootMeanSquare(frozen.data);
  if (!keyed) return { input: profile, profile };
  return { profile, input: rootMeanSquare(product(keyed.features[0], keyed.centroids)) };
}

/** Seeded parameters under which the learned profiles are the frozen ones, bit for bit. */
export function learnedWeights(random: Random, { kind, frozen, keyed }: ProfileSource, rank: number): Weights {
  const width = keyed ? keyed.centroids.cols : frozen.cols;
  return {
    [`${PREFIX}down`]: uniform(random, [width, rank], 1 / Math.sqrt(width)),
    [`${PREFIX}up`]: filled([rank, frozen.cols], 0),
    ...(kind === 'residual' && { [`${PREFIX}own`]: filled([frozen.rows, frozen.cols], 0) }),
    ...(keyed && {
      [`${PREFIX}gates`]: filled([1, keyed.centroids.rows], 1),
      [`${PREFIX}transform`]: { shape: [1, 3], data: Float32Array.of(1, 0, 0) },
    }),
  };
}

/** How many numbers `learnedWeights` holds. */
export function learnedSize({ kind, frozen, keyed }: ProfileSource, rank: number): number {
  const width = keyed ? keyed.centroids.cols : frozen.cols;
  const own = kind === 'residual' ? frozen.data.length : 0;
  return rank * (width + frozen.cols) + own + (keyed ? keyed.centroids.rows + 3 : 0);
}

/**
 * Profiles on the tape: `rows` of parameters is p + s (ELU(h · down / σ) · up + own), where h is p itself or, `keyed`,
 * Σ over tasks t of gate_t · φ(z_t) · centroid_t with φ(z) = a z + b tanh z + c. Without a source, `frozen` as it is.
 * The caller disposes it.
 */
export function openProfiles(tf: TensorFlow, frozen: Matrix, source: ProfileSource | undefined) {
  const tensorOf = ({ data, rows, cols }: Matrix) => tf.tensor2d(data, [rows, cols]);
  const own = tensorOf(frozen);
  const [centroids, ...features] = source?.keyed
    ? [source.keyed.centroids, ...source.keyed.features].map(tensorOf)
    : [];
  const mask = source?.own && tf.tensor2d(source.own, [source.own.length, 1]);
  const part = (parameters: Parameters, name: string) => parameters[`${PREFIX}${name}`]!;
  const read = (parameters: Parameters): Tensor2D => {
    if (!centroids) return own;
    const coefficients = tf.split(part(parameters, 'transform'), 3, 1);
    const transformed = features.map((feature, j) => tf.mul(feature, coefficients[j]!));
    return tf.matMul<Tensor2D>(tf.mul(tf.addN(transformed), part(parameters, 'gates')), centroids);
  };
  const rows = (parameters: Parameters): Tensor2D => {
    if (!source) return own;
    const [down, up] = ['down', 'up'].map((name) => part(parameters, name) as Tensor2D);
    const inner = tf.elu(tf.matMul(tf.div<Tensor2D>(read(parameters), source.scales.input), down!));
    const change = tf.matMul(inner, up!);
    const whole = mask ? tf.add(change, tf.mul(part(parameters, 'own'), mask)) : change;
    return tf.add(own, tf.mul(whole, source.scales.profile));
  };
  return {
    rows,
    dispose: () => {
      for (const tensor of [own, centroids, mask, ...features]) tensor?.dispose();
    },
  };
}

/** a · b, row by row in double precision. */
function product(a: Matrix, b: { rows: number; cols: number; data: ArrayLike<number> }): Float64Array {
  const out = new Float64Array(a.rows * b.cols);
  for (let i = 0; i < a.rows; i++)
    for (let p = 0; p < a.cols; p++) {
      const x = a.data[i * a.cols + p]!;
      if (x !== 0) for (let j = 0; j < b.cols; j++) out[i * b.cols + j]! += x * b.data[p * b.cols + j]!;
    }
  return out;
}

/** The same without a tape: [models × dimensions]. A model's row does not depend on which others are computed beside it. */
export function learnedRows({ frozen, own, keyed, scales }: ProfileSource, weights: Weights): Matrix {
  const part = (name: string) => weights[`${PREFIX}${name}`]!;
  const matrixOf = (name: string) => {
    const { shape, data } = part(name);
    return { rows: shape[0]!, cols: shape[1]!, data };
  };
  const read = keyed
    ? product(gated(keyed.features, part('transform').data, part('gates').data), keyed.centroids)
    : frozen.data;
  const width = keyed ? keyed.centroids.cols : frozen.cols;
  const inputs = createMatrix(
    frozen.rows,
    width,
    Float32Array.from(read, (x) => x / scales.input),
  );
  const down = matrixOf('down');
  const inner = createMatrix(
    frozen.rows,
    down.cols,
    Float32Array.from(product(inputs, down), (x) => (x > 0 ? x : Math.expm1(x))),
  );
  const change = product(inner, matrixOf('up'));
  const out = createMatrix(frozen.rows, frozen.cols, frozen.data.slice());
  for (let m = 0; m < out.rows; m++) {
    const free = own?.[m] === 1 ? rowOf({ ...out, data: part('own').data }, m) : undefined;
    rowOf(out, m).forEach((_, d) => {
      const k = m * out.cols + d;
      out.data[k]! += scales.profile * (change[k]! + (free?.[d] ?? 0));
    });
  }
  return out;
}

/** gate_t (a z + b tanh z + c), 0 where not measured. */
function gated([z, bent, known]: TaskFeatures, [a, b, c]: Float32Array, gates: Float32Array): Matrix {
  const { rows, cols } = z;
  const data = z.data.map((x, k) => gates[k % cols]! * (a! * x + b! * bent.data[k]! + c! * known.data[k]!));
  return createMatrix(rows, cols, data);
}
