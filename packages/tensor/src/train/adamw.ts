import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { KERNELS } from '../kernels/names.js';
import { hasKernel } from '../layers/dense.js';
import type { Weights } from '../layers/initialisers.js';
import type { TensorFlow } from '../runtime/types.js';
import { clipScale, clipScaleTensor } from './clip.js';
import { disposeVariables, restoreVariables, toWeights, type Variables } from './variables.js';

/** Settings of AdamW (arXiv 1711.05101). The learning rate is given at each step. */
export interface AdamWOptions {
  /** Decay rates of the two moments. Default .9 and .999. */
  beta1?: number;
  beta2?: number;
  /** Default 1e-8, outside the root. */
  epsilon?: number;
  /** Decoupled: every parameter shrinks by rate × weightDecay a step. Default 0.01, PyTorch's. */
  weightDecay?: number;
}

/** An optimizer over named variables, with decoupled weight decay (arXiv 1711.05101); made with `createAdamW`. */
export interface AdamW {
  /**
   * One step along the gradients, which are left to the caller to dispose.
   * @param maxNorm the gradients' common norm is clipped to this
   */
  step(gradients: Readonly<Record<string, Tensor>>, rate: number, maxNorm?: number): void;
  /** Moments and step count, for a checkpoint: `adamw.mean.NAME`, `adamw.square.NAME`, `adamw.steps`. */
  save(): Promise<Weights>;
  /** @throws RouteProfileError CORRUPT_FILE when the state does not fit the parameters. */
  restore(state: Weights): void;
  dispose(): void;
}

/** The numbers of one step: m = β₁m + gain₁g, v = β₂v + gain₂g², p = keep p - step m / (√(v correction) + ε). */
interface Update {
  beta1: number;
  gain1: number;
  beta2: number;
  gain2: number;
  /** 1 - rate × weight decay */
  keep: number;
  /** rate / (1 - β₁ᵗ) */
  step: number;
  /** 1 / (1 - β₂ᵗ) */
  correction: number;
  epsilon: number;
}

/** Makes sure that writing the variable in place changes no other tensor. */
function own(tf: TensorFlow, variable: Variable): void {
  if (tf.backend().refCount(variable.dataId) === 1) return;
  const copy = tf.mul(variable, 1);
  variable.assign(copy);
  copy.dispose();
}

function stepFused(
  tf: TensorFlow,
  parts: [Variable, Variable, Variable],
  gradient: Tensor,
  scale: number,
  update: Update,
) {
  for (const part of parts) own(tf, part);
  const [parameter, mean, square] = parts;
  tf.engine().runKernel<Tensor[]>(
    KERNELS.adamw,
    { parameter, mean, square, gradient },
    { ...update, gradientScale: scale },
  );
}

/** The same from ordinary operations. */
function stepComposed(
  tf: TensorFlow,
  [parameter, mean, square]: [Variable, Variable, Variable],
  gradient: Tensor,
  { beta1, gain1, beta2, gain2, keep, step, correction, epsilon }: Update,
): void {
  tf.tidy(() => {
    mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(gradient, gain1)));
    square.assign(tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), gain2)));
    const divisor = tf.add(tf.sqrt(tf.mul(square, correction)), epsilon);
    parameter.assign(tf.sub(tf.mul(parameter, keep), tf.div(tf.mul(mean, step), divisor)));
  });
}

/** AdamW (Loshchilov and Hutter, arXiv 1711.05101) as PyTorch computes it, over all the given variables. */
export function createAdamW(tf: TensorFlow, variables: Variables, options: AdamWOptions = {}): AdamW {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  const zeros = (kind: string): Variables =>
    Object.fromEntries(
      Object.entries(variables).map(([name, { shape }]) => [
        `adamw.${kind}.${name}`,
        tf.tidy(() => tf.variable(tf.zeros(shape), false)),
      ]),
    );
  const moments = { ...zeros('mean'), ...zeros('square') };
  let steps = 0;
  return {
    step: (gradients, rate, maxNorm) => {
      steps++;
      const update: Update = {
        beta1,
        gain1: 1 - beta1,
        beta2,
        gain2: 1 - beta2,
        keep: 1 - rate * weightDecay,
        step: rate / (1 - beta1 ** steps),
        correction: 1 / (1 - beta2 ** steps),
        epsilon,
      };
      const partsOf = (name: string): [Variable, Variable, Variable] => [
        variables[name]!,
        moments[`adamw.mean.${name}`]!,
        moments[`adamw.square.${name}`]!,
      ];
      const names = Object.keys(variables);
      if (hasKernel(tf, KERNELS.adamw)) {
        const scale = maxNorm === undefined ? 1 : clipScale(tf, Object.values(gradients), maxNorm);
        for (const name of names) stepFused(tf, partsOf(name), gradients[name]!, scale, update);
        return;
      }
      tf.tidy(() => {
        const scale = maxNorm === undefined ? null : clipScaleTensor(tf, Object.values(gradients), maxNorm);
        for (const name of names) {
          const gradient = gradients[name]!;
          stepComposed(tf, partsOf(name), scale === null ? gradient : tf.mul(gradient, scale), update);
        }
      });
    },
    save: async () => ({
      ...(await toWeights(moments)),
      'adamw.steps': { shape: [1], data: Float32Array.of(steps) },
    }),
    restore: (state) => {
      restoreVariables(tf, moments, state);
      steps = Math.round(state['adamw.steps']?.data[0] ?? 0);
    },
    dispose: () => disposeVariables(moments),
  };
}

/**
 * Cosine annealing (Loshchilov and Hutter, arXiv 1608.03983): floor + (peak - floor)(1 + cos(π t / T)) / 2,
 * from `peak` at t = 0 to `floor` at t = T. The first epoch or step is t = 0.
 */
export function cosineRate(t: number, total: number, peak: number, floor: number): number {
  return floor + ((peak - floor) * (1 + Math.cos((Math.PI * t) / total))) / 2;
}
