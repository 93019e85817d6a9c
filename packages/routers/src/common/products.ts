import { createMatrix, type Matrix, type SharedWork } from '@routeprofile/schema';
import { transpose } from '@routeprofile/numerics';
import { createLinearMaps } from '@routeprofile/tensor';

/** Large products on the kernels, in 32-bit floats: about ten times as fast as in double precision, and good to about seven digits. */
export interface Products {
  /** [a.rows × b.rows] dot products of rows of equal length. */
  rows: (a: Matrix, b: Matrix) => Matrix;
  /** Σ x xᵀ over the rows, [dimensions × dimensions]. Summed in double precision, but for 256 rows at a time. */
  gram: (rows: Matrix) => Float64Array;
}

/** Rows at a time: what the kernels hold beside the other factor. */
const BLOCK = 256;

/** Those of one piece of work: the kernels are laid out in memory once. */
export const sharedProducts = (work: SharedWork): Promise<Products> => work.once('products', createProducts);

/** For work on other rows than those that are shared. */
export async function createProducts(): Promise<Products> {
  const { multiply } = await createLinearMaps({});
  return {
    rows(a, b) {
      const columns = transpose(b);
      const out = createMatrix(a.rows, b.rows);
      for (const { start, block } of blocks(a)) out.data.set(multiply(block, columns).data, start * b.rows);
      return out;
    },
    gram(rows) {
      const out = new Float64Array(rows.cols ** 2);
      for (const { block } of blocks(rows)) {
        const { data } = multiply(transpose(block), block);
        for (let k = 0; k < out.length; k++) out[k]! += data[k]!;
      }
      return out;
    },
  };
}

function* blocks({ rows, cols, data }: Matrix): Generator<{ start: number; block: Matrix }> {
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    yield { start, block: createMatrix(count, cols, data.subarray(start * cols, (start + count) * cols)) };
  }
}
