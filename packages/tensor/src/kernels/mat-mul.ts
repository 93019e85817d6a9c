import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../runtime/types.js';
import { EMBEDDED, required, type Heap } from './heap.js';

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Rows above which a transposed A is turned around first. */
const LONG = 128;

/**
 * BatchMatMul in all four transposes, batched, without copying what is transposed. As shipped the transposes, which
 * every gradient of a dense layer needs, take ten to twenty times as long as the plain product.
 */
export function matMulKernel(tf: TensorFlow, heap: Heap): KernelConfig {
  const { routines, pointer } = heap;
  return {
    kernelName: 'BatchMatMul',
    backendName: EMBEDDED,
    kernelFunc: ({ inputs, attrs }) => {
      const a = required(inputs, 'a');
      const b = required(inputs, 'b');
      const transposeA = attrs?.['transposeA'] === true;
      const transposeB = attrs?.['transposeB'] === true;
      if (a.dtype !== 'float32' || b.dtype !== 'float32')
        throw new Error(`matMul multiplies float32 only, got ${a.dtype} and ${b.dtype}`);
      const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
      const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
      const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
      const [inner, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
      if (inner !== k)
        throw new Error(`matMul: shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}] do not fit each other`);
      const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const out = heap.output([...outer, m, n]);
      // A long transposed A is read against the grain of the memory: turning it around first is cheaper.
      const turnA = transposeA && (transposeB || k > LONG);
      const scratch = heap.scratch((turnA ? m * k : 0) + 8 * k);
      const panel = turnA ? scratch + m * k * 4 : scratch;
      const [batchA, batchB] = [product(a.shape.slice(0, -2)), product(b.shape.slice(0, -2))];
      for (let i = 0, batches = product(outer); i < batches; i++) {
        // Like the shipped kernel: either the batches are equal or one side has a single matrix.
        const stored = pointer(a) + (i % batchA) * m * k * 4;
        if (turnA) routines.transpose(stored, scratch, k, m);
        const x = turnA ? scratch : stored;
        const y = pointer(b) + (i % batchB) * k * n * 4;
        const z = pointer(out) + i * m * n * 4;
        const [rowStride, columnStride] = transposeA && !turnA ? [1, m] : [k, 1];
        if (transposeB) routines.gemmTransposed(x, y, z, m, n, k);
        else routines.gemm(x, rowStride, columnStride, y, 0, z, m, n, k, panel);
      }
      return out;
    },
  };
}
