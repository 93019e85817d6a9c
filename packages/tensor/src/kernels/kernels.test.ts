import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { createRandom } from '@routeprofile/schema';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, denseNormElu, dropoutMask, linear, normalizeRowsOf, type TensorFlow } from '../index.js';
import { normalMatrix, normals } from './testing.js';

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await createRuntime({ backend: 'embedded' }));
});
afterAll(() => tf.setBackend('embedded'));

const matrix = (label: string, rows: number, columns: number): Tensor2D => normalMatrix(tf, label, rows, columns);

/** The same computation on a backend, its results as plain numbers. */
async function on(backend: 'cpu' | 'wasm' | 'embedded', compute: () => Tensor[]): Promise<number[][]> {
  await createRuntime({ backend });
  const results = tf.tidy(() => compute().map((tensor) => [...tensor.dataSync()]));
  await createRuntime({ backend: 'embedded' });
  return results;
}

function largestDifference(a: number[][], b: number[][]): number {
  expect(a.map((row) => row.length)).toEqual(b.map((row) => row.length));
  return Math.max(
    ...a.flatMap((row, i) => row.map((x, j) => Math.abs(x - b[i]![j]!) / Math.max(1, Math.abs(b[i]![j]!)))),
  );
}

const sizes: [number, number, number][] = [
  [1, 1, 1],
  [4, 8, 8],
  [5, 7, 9],
  [3, 130, 17],
  [33, 64, 31],
  [16, 65, 8],
];

describe('matMul', () => {
  const transposes = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));
  it.each(transposes)('equals the cpu backend, transposes %s %s', async (transposeA, transposeB) => {
    for (const [m, k, n] of sizes) {
      const compute = () => {
        const a = transposeA ? matrix('a', k, m) : matrix('a', m, k);
        const b = transposeB ? matrix('b', n, k) : matrix('b', k, n);
        return [tf.matMul(a, b, transposeA, transposeB)];
      };
      expect(largestDifference(await on('embedded', compute), await on('cpu', compute))).toBeLessThan(1e-5);
    }
  });

  it.each(transposes)('in batches, one side broadcast or not, transposes %s %s', async (transposeA, transposeB) => {
    const cube = (label: string, b: number, r: number, c: number, turned: boolean) =>
      tf.tensor3d(normals(label, b * r * c), turned ? [b, c, r] : [b, r, c]);
    for (const [left, right] of [
      [3, 3],
      [1, 3],
      [3, 1],
    ] as const) {
      const compute = () => [
        tf.matMul(cube('a', left, 5, 6, transposeA), cube('b', right, 6, 7, transposeB), transposeA, transposeB),
      ];
      expect(largestDifference(await on('embedded', compute), await on('cpu', compute))).toBeLessThan(1e-5);
    }
  });

  it('of any size', async () => {
    const size = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(size, size, size, fc.boolean(), fc.boolean(), async (m, k, n, ta, tb) => {
        const compute = () => [
          tf.matMul(ta ? matrix('a', k, m) : matrix('a', m, k), tb ? matrix('b', n, k) : matrix('b', k, n), ta, tb),
        ];
        expect(largestDifference(await on('embedded', compute), await on('cpu', compute))).toBeLessThan(1e-5);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it('gives a row the same bits whatever else is in the batch', () => {
    const [x, w] = [matrix('x', 37, 70), matrix('w', 70, 19)];
    for (const transposed of [false, true]) {
      const weight = transposed ? tf.transpose(w) : w;
      const all = tf.matMul(x, weight, false, transposed).dataSync();
      const one = tf.matMul(tf.slice(x, [36, 0], [1, 70]), weight, false, transposed).dataSync();
      expect([...one]).toEqual([...all.slice(36 * 19)]);
    }
  });

  it('survives a growing memory, whose old views are detached', () => {
    const [a, b] = [matrix('a', 20, 30), matrix('b', 30, 10)];
    const before = [...tf.matMul(a, b).dataSync()];
    const large = tf.zeros([16, 1024, 1024]);
    expect([...tf.matMul(a, b).dataSync()]).toEqual(before);
    large.dispose();
  });
});

describe('unsortedSegmentSum', () => {
  it('equals the cpu backend, ids out of range left out', async () => {
    const compute = () => {
      const ids: Tensor1D = tf.tensor1d([2, 0, -1, 2, 1, 0, 3], 'int32');
      return [
        tf.unsortedSegmentSum(matrix('x', 7, 5), ids, 4),
        tf.unsortedSegmentSum(tf.tensor1d(normals('y', 7)), ids, 4),
      ];
    };
    expect(largestDifference(await on('embedded', compute), await on('cpu', compute))).toBeLessThan(1e-6);
  });

  it('gives gather its gradient', async () => {
    const compute = () => {
      const weight = matrix('w', 6, 3);
      return [
        tf.grad((x) => tf.sum(tf.mul(tf.gather(x, tf.tensor1d([0, 2, 2, 3, 1, 2], 'int32')), weight)))(
          matrix('x', 4, 3),
        ),
      ];
    };
    expect(largestDifference(await on('embedded', compute), await on('cpu', compute))).toBeLessThan(1e-6);
  });
});

/** Value and every gradient of a weighted sum of a layer's outputs. */
const withGradients = (layer: (inputs: Tensor[]) => Tensor2D, inputs: () => Tensor[]) => () => {
  const given = inputs();
  const out = layer(given);
  const weight = matrix('upstream', out.shape[0], out.shape[1]);
  const gradients = tf.grads((...xs: Tensor[]) => tf.sum(tf.mul(layer(xs), weight)))(given);
  return [out, ...gradients];
};

const layers: Record<string, [(inputs: Tensor[]) => Tensor2D, (rows: number, width: number, out: number) => Tensor[]]> =
  {
    linear: [
      ([x, weight, bias]) => linear(tf, x as Tensor2D, { weight: weight!, bias: bias! }),
      (rows, width, out) => [matrix('x', rows, width), matrix('w', width, out), tf.tensor1d(normals('bias', out))],
    ],
    denseNormElu: [
      ([x, weight, bias, gamma, beta]) =>
        denseNormElu(tf, x as Tensor2D, { weight: weight!, bias: bias!, gamma: gamma!, beta: beta! }),
      (rows, width, out) => [
        matrix('x', rows, width),
        matrix('w', width, out),
        ...['bias', 'gamma', 'beta'].map((label) => tf.tensor1d(normals(label, out))),
      ],
    ],
    'denseNormElu with dropout': [
      ([x, weight, bias, gamma, beta]) => {
        const [rows, out] = [x!.shape[0], weight!.shape[1]!];
        const mask = tf.tensor2d(dropoutMask(createRandom(1, 'mask'), rows, out, 0.4), [rows, out]);
        return denseNormElu(tf, x as Tensor2D, { weight: weight!, bias: bias!, gamma: gamma!, beta: beta! }, mask);
      },
      (rows, width, out) => [
        matrix('x', rows, width),
        matrix('w', width, out),
        ...['bias', 'gamma', 'beta'].map((label) => tf.tensor1d(normals(label, out))),
      ],
    ],
    normalizeRows: [([x]) => normalizeRowsOf(tf, x as Tensor2D), (rows, width) => [matrix('x', rows, width)]],
  };

describe.each(Object.entries(layers))('%s', (_, [layer, inputs]) => {
  it.each([
    [1, 3, 5],
    [8, 16, 8],
    [7, 9, 13],
  ])('fused equals composed, values and gradients, %d × %d × %d', async (rows, width, out) => {
    const compute = withGradients(layer, () => inputs(rows, width, out));
    const fused = await on('embedded', compute);
    expect(largestDifference(fused, await on('cpu', compute))).toBeLessThan(2e-5);
    expect(largestDifference(fused, await on('wasm', compute))).toBeLessThan(2e-5);
  });

  it('has the gradient that finite differences give', () => {
    const given = inputs(3, 5, 6);
    const sum = (xs: Tensor[]) =>
      tf.tidy(() => {
        const out = layer(xs);
        return tf.sum(tf.mul(out, matrix('upstream', out.shape[0], out.shape[1]))).dataSync()[0]!;
      });
    const gradients = withGradients(layer, () => given)().slice(1);
    given.forEach((tensor, which) => {
      const values = Float32Array.from(tensor.dataSync());
      const gradient = gradients[which]!.dataSync();
      const step = 1e-2;
      for (let k = 0; k < values.length; k += 3) {
        const moved = (by: number) => {
          const copy = values.slice();
          copy[k]! += by;
          return sum(given.map((other, i) => (i === which ? tf.tensor(copy, tensor.shape) : other)));
        };
        const slope = (moved(step) - moved(-step)) / (2 * step);
        expect(Math.abs(slope - gradient[k]!)).toBeLessThan(2e-2 * Math.max(1, Math.abs(slope)));
      }
    });
  });

  it('leaves no tensor and no memory behind', () => {
    const run = () => tf.tidy(() => void withGradients(layer, () => inputs(4, 5, 6))());
    run();
    const [tensors, ids] = [tf.memory().numTensors, tf.backend().numDataIds()];
    run();
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual([tensors, ids]);
  });
});

describe('edges', () => {
  it('keeps a row of zeros at zero, with the gradient of dividing by ε', async () => {
    const compute = () => {
      const x = tf.tensor2d([0, 0, 0, 3, 0, 4], [2, 3]);
      return [normalizeRowsOf(tf, x, 0.1), tf.grad((y) => tf.sum(normalizeRowsOf(tf, y as Tensor2D, 0.1)))(x)];
    };
    const [value, gradient] = await on('embedded', compute);
    expect(value!.slice(0, 3)).toEqual([0, 0, 0]);
    gradient!.slice(0, 3).forEach((g) => expect(g).toBeCloseTo(10, 4));
    expect(largestDifference([value!, gradient!], await on('cpu', compute))).toBeLessThan(1e-5);
  });

  it('does not hide a NaN', () => {
    const { layer, given } = { layer: layers['denseNormElu']![0], given: layers['denseNormElu']![1](2, 3, 5) };
    const bad = tf.tensor2d([1, NaN, 2, 1, 2, 3], [2, 3]);
    const out = layer([bad, ...given.slice(1)]).dataSync();
    expect([...out.slice(0, 5)].every(Number.isNaN)).toBe(true);
    expect([...out.slice(5)].every(Number.isFinite)).toBe(true);
  });

  it('counts references when a tensor is cloned', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const copy = tf.clone(x);
    x.dispose();
    expect([...copy.dataSync()]).toEqual([1, 2, 3]);
    const ids = tf.backend().numDataIds();
    copy.dispose();
    expect(tf.backend().numDataIds()).toBe(ids - 1);
  });
});

describe('the committed bytes', () => {
  it('are what the source compiles to', () => {
    const script = fileURLToPath(new URL('../../scripts/build-kernels.mjs', import.meta.url));
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toMatch(/as committed/);
  });
});
