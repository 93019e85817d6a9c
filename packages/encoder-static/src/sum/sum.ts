import { linkWasm } from '@routeprofile/schema';
import { BLOCK, sumKernel } from './kernel.js';

/** Adds rows of a table of int8. */
export interface RowSum {
  /** Σ table[id], in numbers of 32 bits that the next call overwrites; `ids` are at most `MOST_IDS`. */
  sum: (ids: Int32Array) => Int32Array;
  /** `simd`: WebAssembly with SIMD instructions; `plain`: JavaScript. Both give the same bits, whole numbers being exact. */
  kind: 'simd' | 'plain';
}

/** A table of int8, row-major. */
interface Table {
  data: Int8Array;
  dimensions: number;
}

/** Ids per call: 2¹⁶ · 128 < 2³¹. */
export const MOST_IDS = 1 << 16;
const PAGE = 1 << 16;

/** In JavaScript. */
export function plainSum({ data, dimensions }: Table): RowSum {
  const out = new Int32Array(dimensions);
  return {
    kind: 'plain',
    sum(ids) {
      out.fill(0);
      for (let i = 0; i < ids.length; i++)
        for (let d = 0, at = ids[i]! * dimensions; d < dimensions; d++, at++) out[d]! += data[at]!;
      return out;
    },
  };
}

/**
 * With SIMD instructions, where there are such: not in engines from before 2021, not where a page or a host forbids to compile code at run time,
 * and not for other dimensions than multiples of 128.
 */
export function simdSum({ data, dimensions }: Table): RowSum | undefined {
  if (dimensions % BLOCK !== 0) return undefined;
  const idsAt = 4 * dimensions;
  const tableAt = idsAt + 4 * MOST_IDS;
  const linked = linkWasm(sumKernel(), { initial: Math.ceil((tableAt + data.length) / PAGE) });
  if (linked === undefined) return undefined;
  const { memory, call } = linked;
  new Int8Array(memory.buffer).set(data, tableAt);
  const ids = new Int32Array(memory.buffer, idsAt, MOST_IDS);
  const out = new Int32Array(memory.buffer, 0, dimensions);
  return {
    kind: 'simd',
    sum(given) {
      out.fill(0);
      ids.set(given);
      call(idsAt, given.length, tableAt, dimensions, 0);
      return out;
    },
  };
}
