/** A seeded stream of numbers. Two streams with the same seed and labels give the same numbers on every machine. */
export interface Random {
  /** 32 random bits as an unsigned integer. */
  bits(): number;
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** min(k, items.length) distinct items, in random order. */
  sample<T>(items: readonly T[], k: number): T[];
}

/** FNV-1a over the label's UTF-16 units, continued from `hash`. */
function mix(hash: number, label: string): number {
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * The stream named by `labels` under `seed`: naming streams keeps one step's randomness apart from another's,
 * so that adding a draw here changes nothing there. Generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state.
 */
export function createRandom(seed: number, ...labels: string[]): Random {
  const key = labels.reduce(mix, 0x811c9dc5);
  // The seed's low and high halves, so that any safe integer is a seed of its own.
  let a = seed >>> 0;
  let b = Math.floor(seed / 0x1_0000_0000) >>> 0;
  let c = key;
  let counter = 1;
  const bits = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) bits();

  const float = () => (bits() * 0x200000 + (bits() >>> 11)) / 0x20_0000_0000_0000;
  const int = (n: number) => Math.floor(float() * n);
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const out = spare;
      spare = undefined;
      return out;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - float()));
    const angle = 2 * Math.PI * float();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const sample = <T>(items: readonly T[], k: number): T[] => {
    const pool = items.slice();
    const n = Math.min(k, pool.length);
    for (let i = 0; i < n; i++) {
      const j = i + int(pool.length - i);
      [pool[i], pool[j]] = [pool[j]!, pool[i]!];
    }
    return pool.slice(0, n);
  };
  return { bits, float, int, normal, sample, shuffle: (items) => sample(items, items.length) };
}
