import { createRandom } from '@routeprofile/schema';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  assertFiniteLoss,
  clipGlobalNorm,
  cosineRate,
  createAdamW,
  createRuntime,
  disposeVariables,
  improves,
  noBest,
  outOfPatience,
  restoreVariables,
  toVariables,
  toWeights,
} from '../index.js';

const backends = ['cpu', 'wasm', 'embedded'] as const;
const SIZE = 11;
const array = (label: string) => {
  const random = createRandom(9, label);
  return Float32Array.from({ length: SIZE }, () => random.normal());
};

/** PyTorch's AdamW, in double precision. */
function reference(start: Float32Array, gradients: Float32Array[], rate: number, decay: number): number[] {
  const p = Array.from(start);
  const [m, v] = [new Float64Array(SIZE), new Float64Array(SIZE)];
  gradients.forEach((g, t) => {
    for (let i = 0; i < SIZE; i++) {
      p[i]! *= 1 - rate * decay;
      m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
      v[i] = 0.999 * v[i]! + 0.001 * g[i]! ** 2;
      const divisor = Math.sqrt(v[i]! / (1 - 0.999 ** (t + 1))) + 1e-8;
      p[i]! -= (rate * (m[i]! / (1 - 0.9 ** (t + 1)))) / divisor;
    }
  });
  return p;
}

const gradients = ['g1', 'g2', 'g3', 'g4'].map(array);
const start = () => ({ w: { shape: [SIZE], data: array('start') } });

describe.each(backends)('AdamW on %s', (backend) => {
  it('takes PyTorch’s steps', async () => {
    const { tf } = await createRuntime({ backend });
    const variables = toVariables(tf, start());
    const optimizer = createAdamW(tf, variables, { weightDecay: 0.1 });
    for (const g of gradients) tf.tidy(() => optimizer.step({ w: tf.tensor1d(g) }, 0.05));
    const { w } = await toWeights(variables);
    reference(array('start'), gradients, 0.05, 0.1).forEach((value, i) => expect(w!.data[i]).toBeCloseTo(value, 5));
    optimizer.dispose();
    disposeVariables(variables);
  });

  it('clips to a common norm', async () => {
    const { tf } = await createRuntime({ backend });
    const norm = Math.hypot(...gradients[0]!);
    const clipped = gradients[0]!.map((x) => (x * 0.5) / (norm + 1e-6));
    const after = async (gradient: Float32Array, maxNorm?: number) => {
      const variables = toVariables(tf, start());
      // A large ε keeps Adam from cancelling the scale of its only gradient.
      const optimizer = createAdamW(tf, variables, { epsilon: 1 });
      tf.tidy(() => optimizer.step({ w: tf.tensor1d(gradient) }, 0.1, maxNorm));
      return (await toWeights(variables))['w']!.data;
    };
    const [a, b, free] = [await after(gradients[0]!, 0.5), await after(clipped), await after(gradients[0]!)];
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 6));
    expect([...a]).not.toEqual([...free]);
    expect([...(await after(gradients[0]!, 1e6))]).toEqual([...free]);
    const [g] = tf.tidy(() => clipGlobalNorm(tf, [tf.tensor1d(gradients[0]!)], 0.5));
    g!.dataSync().forEach((value, i) => expect(value).toBeCloseTo(clipped[i]!, 6));
  });

  it('goes on from a checkpoint to the same bits', async () => {
    const { tf } = await createRuntime({ backend });
    const step = (optimizer: ReturnType<typeof createAdamW>, g: Float32Array) =>
      tf.tidy(() => optimizer.step({ w: tf.tensor1d(g) }, 0.05));
    const straight = toVariables(tf, start());
    const one = createAdamW(tf, straight);
    gradients.forEach((g) => step(one, g));
    const first = toVariables(tf, start());
    const two = createAdamW(tf, first);
    gradients.slice(0, 2).forEach((g) => step(two, g));
    const checkpoint = { ...(await toWeights(first)), ...(await two.save()) };
    const second = toVariables(tf, start());
    const three = createAdamW(tf, second);
    restoreVariables(tf, second, checkpoint);
    three.restore(checkpoint);
    gradients.slice(2).forEach((g) => step(three, g));
    expect(await toWeights(second)).toEqual(await toWeights(straight));
    expect(() => three.restore({})).toThrow(/adamw\.mean\.w is missing/);
  });

  it('changes no tensor that shares a variable’s numbers', async () => {
    const { tf } = await createRuntime({ backend });
    const variables = toVariables(tf, start());
    const alias: Tensor = tf.clone(variables['w']!);
    const optimizer = createAdamW(tf, variables);
    tf.tidy(() => optimizer.step({ w: tf.tensor1d(gradients[0]!) }, 0.5));
    expect([...alias.dataSync()]).toEqual([...array('start')]);
    expect([...variables['w']!.dataSync()]).not.toEqual([...array('start')]);
  });
});

describe('cosineRate', () => {
  it('falls from the peak to the floor as in the published training', () => {
    const at = (t: number) => cosineRate(t, 100, 1e-4, 5e-6);
    expect(at(0)).toBe(1e-4);
    expect(at(10)).toBeCloseTo(9.77e-5, 7);
    expect(at(50)).toBeCloseTo(5.25e-5, 12);
    expect(at(100)).toBeCloseTo(5e-6, 12);
  });
});

describe('early stopping', () => {
  it('keeps the first of equals and counts epochs since', () => {
    let best = noBest;
    const seen: number[] = [];
    [3, 2, 2, 2.5, 1.9].forEach((value, epoch) => {
      if (improves(best, value)) {
        best = { epoch, value };
        seen.push(epoch);
      }
    });
    expect(seen).toEqual([0, 1, 4]);
    expect(outOfPatience({ epoch: 1, value: 2 }, 3, 2)).toBe(true);
    expect(outOfPatience({ epoch: 1, value: 2 }, 2, 2)).toBe(false);
    expect(improves({ epoch: 0, value: 1 }, 0.95, 0.1)).toBe(false);
  });

  it('names the epoch whose loss is no number', () => {
    expect(() => assertFiniteLoss(NaN, 3, 'mlp')).toThrow(/mlp: the loss of epoch 3 is NaN/);
    expect(() => assertFiniteLoss(1, 3, 'mlp')).not.toThrow();
  });
});
