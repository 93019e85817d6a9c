import { instantiateRoutines, type Routines } from './routines.js';

const PAGE_BYTES = 65_536;

/** A memory of its own for the routines, which is only ever added to; it goes when nobody holds it any more. */
export interface Arena {
  /** What computes on it. Addresses are in bytes. */
  routines: Routines;
  /** Address of room for `count` numbers of `bytes` bytes, 4 unless given: a multiple of 16 bytes, and never 0. */
  reserve(count: number, bytes?: number): number;
  /** Address of a copy. */
  place(numbers: Float32Array | Int16Array): number;
  /** The float32 numbers from an address on. A view holds until the next reservation. */
  floats(at: number, count: number): Float32Array;
}

/** For computations that need no tensors, and so no backend. @throws what the engine throws that has no WebAssembly SIMD */
export async function openArena(): Promise<Arena> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const routines = await instantiateRoutines(memory);
  let end = 16; // to the routines, the address 0 means none
  const reserve = (count: number, bytes = 4): number => {
    const from = end;
    end = Math.ceil((from + count * bytes) / 16) * 16;
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(missing);
    return from;
  };
  return {
    routines,
    reserve,
    place(numbers) {
      const at = reserve(numbers.length, numbers.BYTES_PER_ELEMENT);
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      new Uint8Array(memory.buffer).set(bytes, at);
      return at;
    },
    floats: (at, count) => new Float32Array(memory.buffer, at, count),
  };
}
