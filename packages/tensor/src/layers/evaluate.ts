import { assertShape, createMatrix, type Matrix, rowOf } from '@routeprofile/schema';
import { instantiateRoutines } from '../kernels/routines.js';
import { LENGTH_EPSILON, NORM_EPSILON } from './dense.js';
import type { Weights } from './initialisers.js';
import { layerWidths, towerShape } from './tower.js';

/** A trained tower without TensorFlow.js: rows in, unit rows out. A row's result does not depend on its batch. */
export type TowerEvaluator = (x: Matrix) => Matrix;

const BATCH = 64;
const PAGE = 65_536;

/** Plain JavaScript: the reference, and the way where WebAssembly SIMD is not to be had. */
export function createPlainTowerEvaluator(weights: Weights, prefix: string): TowerEvaluator {
  const shape = towerShape(weights, prefix);
  const array = (i: number, name: string) => weights[`${prefix}.${i}.${name}`]!.data;
  return (x) => {
    assertShape(x, undefined, shape.input, `${prefix} vectors`);
    const out = createMatrix(x.rows, shape.output);
    for (let r = 0; r < x.rows; r++) {
      let row = rowOf(x, r);
      layerWidths(shape).forEach(([fanIn, fanOut], i) => {
        const next = array(i, 'bias').slice();
        const weight = array(i, 'weight');
        for (let p = 0; p < fanIn; p++) {
          const scale = row[p]!;
          for (let j = 0, at = p * fanOut; j < fanOut; j++) next[j]! += scale * weight[at + j]!;
        }
        if (i < shape.layers - 1) normEluInPlace(next, array(i, 'gamma'), array(i, 'beta'));
        row = next;
      });
      const norm = Math.max(Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)), LENGTH_EPSILON);
      row.forEach((value, j) => (out.data[r * shape.output + j] = value / norm));
    }
    return out;
  };
}

function normEluInPlace(row: Float32Array, gamma: Float32Array, beta: Float32Array): void {
  const mean = row.reduce((a, b) => a + b, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  const scale = 1 / Math.sqrt(variance + NORM_EPSILON);
  row.forEach((value, j) => {
    const l = (value - mean) * scale * gamma[j]! + beta[j]!;
    row[j] = l > 0 ? l : Math.expm1(l);
  });
}

/** Addresses of one tower in its own memory: weights once, and two buffers of a batch that the layers pass to and fro. */
async function place(weights: Weights, prefix: string) {
  const shape = towerShape(weights, prefix);
  const names = Object.keys(weights).filter((name) => name.startsWith(`${prefix}.`));
  const width = Math.max(...layerWidths(shape).flat());
  const numbers =
    names.reduce((sum, name) => sum + weights[name]!.data.length + 4, 0) + (2 * BATCH + 8) * width + BATCH;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((numbers * 4) / PAGE) + 1 });
  // Address 0 stands for "none" in the routines, so nothing is placed there.
  let end = 64;
  const reserve = (count: number): number => {
    const start = end;
    end += Math.ceil(count / 4) * 16;
    return start;
  };
  const addresses = new Map(names.map((name) => [name, reserve(weights[name]!.data.length)]));
  const numbersAt = (start: number, count: number) => new Float32Array(memory.buffer, start, count);
  for (const [name, start] of addresses) numbersAt(start, weights[name]!.data.length).set(weights[name]!.data);
  const [front, back, scales, panel] = [
    reserve(BATCH * width),
    reserve(BATCH * width),
    reserve(BATCH),
    reserve(8 * width),
  ];
  const routines = await instantiateRoutines(memory);
  const at = (i: number, name: string): number => addresses.get(`${prefix}.${i}.${name}`)!;
  return { shape, routines, numbersAt, at, front, back, scales, panel };
}

type Placed = Awaited<ReturnType<typeof place>>;

function runBatch({ shape, routines, at, front, back, scales, panel }: Placed, rows: number): void {
  layerWidths(shape).forEach(([fanIn, fanOut], i) => {
    routines.gemm(front, fanIn, 1, at(i, 'weight'), at(i, 'bias'), back, rows, fanOut, fanIn, panel);
    if (i < shape.layers - 1)
      routines.normElu(back, at(i, 'gamma'), at(i, 'beta'), 0, front, scales, rows, fanOut, NORM_EPSILON);
  });
  routines.normalizeRows(back, front, scales, rows, shape.output, LENGTH_EPSILON);
}

/**
 * A trained tower on the kernels, in memory of its own: about 0.1 ms per row of the default size, no tape, no backend.
 * Where the engine has no WebAssembly SIMD the same numbers come from plain JavaScript.
 * @throws RouteProfileError CORRUPT_FILE when the weights are not a tower.
 */
export async function createTowerEvaluator(weights: Weights, prefix: string): Promise<TowerEvaluator> {
  let placed: Placed;
  try {
    placed = await place(weights, prefix);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return createPlainTowerEvaluator(weights, prefix);
    throw error;
  }
  const { shape, numbersAt, front } = placed;
  return (x) => {
    assertShape(x, undefined, shape.input, `${prefix} vectors`);
    const out = createMatrix(x.rows, shape.output);
    for (let start = 0; start < x.rows; start += BATCH) {
      const rows = Math.min(BATCH, x.rows - start);
      numbersAt(front, rows * shape.input).set(x.data.subarray(start * x.cols, (start + rows) * x.cols));
      runBatch(placed, rows);
      out.data.set(numbersAt(front, rows * shape.output), start * shape.output);
    }
    return out;
  };
}
