import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aggregateEdges,
  createRuntime,
  edgeSoftmax,
  edgeTensors,
  gatherRows,
  type EdgeTensors,
  type TensorFlow,
} from '../index.js';
import { normalMatrix } from './testing.js';

let tf: TensorFlow;
beforeAll(async () => {
  ({ tf } = await createRuntime({ backend: 'embedded' }));
});
afterAll(() => tf.setBackend('embedded'));

const matrix = (label: string, rows: number, columns: number): Tensor2D => normalMatrix(tf, label, rows, columns);

/** Five targets over four sources: none, one, four, two (the same source twice) and one edge. */
const [OFFSETS, NEIGHBOURS] = [Int32Array.of(0, 0, 1, 5, 7, 8), Int32Array.of(2, 0, 1, 2, 3, 1, 1, 3)];
const [SOURCES, TARGETS, EDGES, HEADS, COLUMNS] = [4, 5, 8, 2, 6];
const edgesOf = () => edgeTensors(tf, OFFSETS, NEIGHBOURS, SOURCES);

/** The same computation on a backend, its results as plain numbers. */
async function on(backend: 'cpu' | 'wasm' | 'embedded', compute: () => Tensor[]): Promise<number[][]> {
  await createRuntime({ backend });
  const results = tf.tidy(() => compute().map((tensor) => [...tensor.dataSync()]));
  await createRuntime({ backend: 'embedded' });
  return results;
}

type Op = [(edges: EdgeTensors, inputs: Tensor2D[]) => Tensor2D, () => Tensor2D[]];
const softmaxInputs = () => [
  matrix('source', SOURCES, HEADS),
  matrix('target', TARGETS, HEADS),
  matrix('bias', EDGES, HEADS),
];
const aggregateInputs = () => [matrix('weights', EDGES, HEADS), matrix('values', SOURCES, COLUMNS)];
const ops: Record<string, Op> = {
  gatherRows: [(edges, [x]) => gatherRows(tf, x!, edges.sources), () => [matrix('values', SOURCES, COLUMNS)]],
  edgeSoftmax: [
    (edges, [source, target, bias]) => edgeSoftmax(tf, edges, { source: source!, target: target!, bias: bias! }),
    softmaxInputs,
  ],
  'aggregateEdges, split': [(edges, [w, x]) => aggregateEdges(tf, edges, w!, x!), aggregateInputs],
  'aggregateEdges, shared': [(edges, [w, x]) => aggregateEdges(tf, edges, w!, x!, 'shared'), aggregateInputs],
};

describe.each(Object.entries(ops))('%s', (_, [op, inputs]) => {
  /** Value and every gradient of a weighted sum of the output. */
  const compute = () => {
    const given = inputs();
    const edges = edgesOf();
    const out = op(edges, given);
    const upstream = matrix('upstream', ...out.shape);
    const gradients = tf.grads((...xs: Tensor[]) => tf.sum(tf.mul(op(edges, xs as Tensor2D[]), upstream)))(given);
    return [out, ...gradients];
  };

  it.each(['cpu', 'wasm'] as const)(
    'in loops equals ordinary operations on %s, values and gradients',
    async (backend) => {
      const [fused, composed] = [await on('embedded', compute), await on(backend, compute)];
      expect(fused.map((row) => row.length)).toEqual(composed.map((row) => row.length));
      fused.forEach((row, i) => row.forEach((x, j) => expect(Math.abs(x - composed[i]![j]!)).toBeLessThan(1e-5)));
    },
  );

  it('has the gradient that finite differences give', () => {
    const given = inputs();
    const edges = edgesOf();
    const sum = (xs: Tensor2D[]) =>
      tf.tidy(() => {
        const out = op(edges, xs);
        return tf.sum(tf.mul(out, matrix('upstream', ...out.shape))).dataSync()[0]!;
      });
    const gradients = compute().slice(1);
    given.forEach((tensor, which) => {
      const values = Float32Array.from(tensor.dataSync());
      const gradient = gradients[which]!.dataSync();
      for (let k = 0; k < values.length; k++) {
        const moved = (by: number) => {
          const copy = values.slice();
          copy[k]! += by;
          return sum(given.map((other, i) => (i === which ? tf.tensor2d(copy, tensor.shape) : other)));
        };
        const slope = (moved(5e-3) - moved(-5e-3)) / 1e-2;
        expect(Math.abs(slope - gradient[k]!)).toBeLessThan(1e-2 * Math.max(1, Math.abs(slope)));
      }
    });
  });

  it('leaves no tensor behind', () => {
    const run = () => tf.tidy(() => void compute());
    run();
    const [tensors, ids] = [tf.memory().numTensors, tf.backend().numDataIds()];
    run();
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual([tensors, ids]);
  });
});

describe('attention', () => {
  it('of a single edge is one, that of several adds up to one', () => {
    const [source, target, bias] = softmaxInputs();
    const alpha = edgeSoftmax(tf, edgesOf(), { source: source!, target: target!, bias: bias! }).arraySync();
    expect(alpha[0]).toEqual([1, 1]);
    expect(alpha[7]).toEqual([1, 1]);
    for (const h of [0, 1]) expect(alpha.slice(1, 5).reduce((sum, row) => sum + row[h]!, 0)).toBeCloseTo(1, 6);
  });

  it('survives logits whose exponential overflows, and does not hide a NaN', () => {
    const wide = (value: number) => tf.fill<Rank.R2>([EDGES, HEADS], value);
    const zeros = (rows: number) => tf.zeros<Rank.R2>([rows, HEADS]);
    const attend = (bias: Tensor2D) =>
      edgeSoftmax(tf, edgesOf(), { source: zeros(SOURCES), target: zeros(TARGETS), bias }).dataSync();
    expect(attend(wide(1000))[2]).toBeCloseTo(0.25, 6);
    expect(attend(wide(NaN)).every(Number.isNaN)).toBe(true);
  });

  it('gives a target without edges a row of zeros', () => {
    const out = aggregateEdges(tf, edgesOf(), matrix('weights', EDGES, HEADS), matrix('values', SOURCES, COLUMNS));
    expect(out.arraySync()[0]).toEqual(new Array(COLUMNS).fill(0));
  });
});
