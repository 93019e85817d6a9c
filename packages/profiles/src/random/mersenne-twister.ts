const N = 624;
const M = 397;

/** MT19937 (Matsumoto and Nishimura 1998): the generator behind Python's `random` and PyTorch's CPU `randn`. */
export interface MersenneTwister {
  /** The next 32 bits as an unsigned integer. */
  next(): number;
}

/** Seeded by one 32-bit number (`init_genrand`), as PyTorch does. */
export function twisterFromSeed(seed: number): MersenneTwister {
  return twister(initialState(seed));
}

/** Seeded by words (`init_by_array`), as Python does. */
export function twisterFromWords(words: readonly number[]): MersenneTwister {
  const state = initialState(19650218);
  let i = 1;
  const advance = () => {
    i++;
    if (i < N) return;
    state[0] = state[N - 1]!;
    i = 1;
  };
  const mixed = () => state[i - 1]! ^ (state[i - 1]! >>> 30);
  for (let k = 0; k < Math.max(N, words.length); k++) {
    const j = k % words.length;
    state[i] = (state[i]! ^ Math.imul(mixed(), 1664525)) + words[j]! + j;
    advance();
  }
  for (let k = 0; k < N - 1; k++) {
    state[i] = (state[i]! ^ Math.imul(mixed(), 1566083941)) - i;
    advance();
  }
  state[0] = 0x8000_0000;
  return twister(state);
}

function initialState(seed: number): Uint32Array {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) state[i] = Math.imul(1812433253, state[i - 1]! ^ (state[i - 1]! >>> 30)) + i;
  return state;
}

function twister(state: Uint32Array): MersenneTwister {
  let position = N;
  const refill = () => {
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x8000_0000) | (state[(i + 1) % N]! & 0x7fff_ffff);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908_b0df : 0);
    }
    position = 0;
  };
  return {
    next() {
      if (position >= N) refill();
      let y = state[position++]!;
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c_5680;
      y ^= (y << 15) & 0xefc6_0000;
      return (y ^ (y >>> 18)) >>> 0;
    },
  };
}
