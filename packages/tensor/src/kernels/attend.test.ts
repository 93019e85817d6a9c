import { createRandom } from '@routeprofile/schema';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bipartiteAttention,
  bipartiteAttentionWeights,
  createRuntime,
  edgeScores,
  edgeScoreWeights,
  type TensorFlow,
  type Weights,
} from '../index.js';
import { normalMatrix } from './testing.js';

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await createRuntime({ backend: 'embedded' }));
});
afterAll(() => tf.setBackend('embedded'));

const matrix = (label: string, rows: number, columns: number): Tensor2D => normalMatrix(tf, label, rows, columns);
const tensorsOf = (weights: Weights) => {
  const at = (name: string): Tensor => {
    const { data, shape } = weights[name]!;
    // Biases start at zero: give every parameter a value that tells.
    const random = createRandom(7, name);
    return tf.tensor(
      data.map((x) => x + 0.1 * random.normal()),
      [...shape],
    );
  };
  return at;
};

/** The value of Σ loss and its gradients with respect to all inputs, on a backend. */
async function on(backend: 'cpu' | 'wasm' | 'embedded', compute: () => Tensor[]): Promise<number[][]> {
  await createRuntime({ backend });
  const results = tf.tidy(() => compute().map((tensor) => [...tensor.dataSync()]));
  await createRuntime({ backend: 'embedded' });
  return results;
}

async function expectSame(compute: () => Tensor[]): Promise<void> {
  const fused = await on('embedded', compute);
  for (const backend of ['cpu', 'wasm'] as const) {
    const composed = await on(backend, compute);
    expect(fused.map((row) => row.length)).toEqual(composed.map((row) => row.length));
    fused.forEach((row, i) =>
      row.forEach((x, j) => expect(Math.abs(x - composed[i]![j]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(x)))),
    );
  }
}

const attention = (n: number, m: number, width: number, heads: number, balanced: boolean, rate: number) => () => {
  const at = tensorsOf(bipartiteAttentionWeights(createRandom(3, 'attention'), width, width + 1, heads));
  const inputs = [matrix('q', n, width), matrix('m', m, width), at('weight'), at('attention'), at('bias')];
  const [left, right] = [matrix('dq', n, width + 1), matrix('dm', m, width + 1)];
  const f = (q: Tensor, r: Tensor, weight: Tensor, asked: Tensor, bias: Tensor) => {
    const dropout = { random: createRandom(9, 'dropout'), rate };
    const parameters = { weight, attention: asked, bias };
    const [a, b] = bipartiteAttention(tf, q as Tensor2D, r as Tensor2D, parameters, { heads, balanced, dropout });
    return tf.add<Tensor>(tf.sum(tf.mul(a, left)), tf.sum(tf.mul(b, right)));
  };
  const { value, grads } = tf.valueAndGrads(f)(inputs);
  return [value, ...grads];
};

describe('dense bipartite attention', () => {
  const cases: [number, number, number, number, boolean, number][] = [
    [5, 3, 8, 4, false, 0],
    [9, 2, 7, 3, true, 0],
    [1, 6, 5, 1, true, 0.4],
    [6, 1, 12, 2, false, 0.4],
    [40, 8, 16, 4, true, 0.1],
  ];
  it.each(cases)('%s × %s, width %s, %s heads, balanced %s, dropout %s: fused as composed', async (...given) => {
    await expectSame(attention(...given));
  });

  it('has the gradients that finite differences give', () => {
    const heads = 2;
    const at = tensorsOf(bipartiteAttentionWeights(createRandom(3, 'attention'), 4, 4, heads));
    const parameters = { weight: at('weight'), attention: at('attention'), bias: at('bias') };
    const others = matrix('m', 3, 4);
    const [left, right] = [matrix('dq', 5, 4), matrix('dm', 3, 4)];
    const f = (q: Tensor): Tensor => {
      const [a, b] = bipartiteAttention(tf, q as Tensor2D, others, parameters, { heads, balanced: true });
      return tf.add(tf.sum(tf.mul(a, left)), tf.sum(tf.mul(b, right)));
    };
    const start = matrix('q', 5, 4);
    const gradient = tf.grad(f)(start).dataSync();
    const step = 2e-3;
    for (let k = 0; k < gradient.length; k++) {
      const moved = (by: number) => {
        const data = start.dataSync().slice();
        data[k]! += by;
        return f(tf.tensor2d(data, [5, 4])).dataSync()[0]!;
      };
      expect((moved(step) - moved(-step)) / (2 * step)).toBeCloseTo(gradient[k]!, 2);
    }
  });

  it('keeps nodes apart that attend to the same many neighbours, if balanced', () => {
    const at = tensorsOf(bipartiteAttentionWeights(createRandom(3, 'attention'), 8, 8, 2));
    const parameters = { weight: at('weight'), attention: at('attention'), bias: at('bias') };
    const distance = (balanced: boolean) => {
      const q = matrix('many', 500, 8);
      const [, m] = bipartiteAttention(tf, q, matrix('two', 2, 8), parameters, { heads: 2, balanced });
      const [a, b] = [...tf.split(m, 2)].map((row) => row.dataSync());
      return Math.hypot(...a!.map((x, i) => x - b![i]!));
    };
    expect(distance(true)).toBeGreaterThan(5 * distance(false));
  });
});

describe('scores of pairs', () => {
  it.each([
    [5, 3, 8, 0],
    [4, 7, 9, 0.3],
    [33, 8, 16, 0.1],
  ])('%s × %s, hidden %s, dropout %s: fused as composed', async (n, m, hidden, rate) => {
    await expectSame(() => {
      const at = tensorsOf(edgeScoreWeights(createRandom(3, 'edge'), 6, hidden));
      const names = ['first', 'second', 'bias', 'out', 'outBias'];
      const dy = matrix('dy', n, m);
      const f = (x: Tensor, y: Tensor, ...rest: Tensor[]) => {
        const [first, second, bias, out, outBias] = rest as [Tensor, Tensor, Tensor, Tensor, Tensor];
        const dropout = { random: createRandom(9, 'dropout'), rate };
        const parameters = { first, second, bias, out, outBias };
        return tf.sum(tf.mul(edgeScores(tf, x as Tensor2D, y as Tensor2D, parameters, dropout), dy));
      };
      const inputs = [matrix('x', n, 6), matrix('y', m, 6), ...names.map(at)];
      const { value, grads } = tf.valueAndGrads(f)(inputs);
      return [value, ...grads];
    });
  });
});
