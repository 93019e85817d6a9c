/** Slots of the hash table; at most half of them are used. */
const SLOTS = 1 << 16;
/** Numbers of 16 bits for the words and their pieces: one megabyte. */
const POOL = 1 << 19;
/** Longer words are rare, and cost more to compare than they save. */
export const CACHED_UNITS = 32;

/** Words and their pieces. Holds about 30,000 words; when full it starts anew. */
export interface WordCache {
  /**
   * Where in `pool` the pieces of `text[from, to)` begin, with their number one place before; 0 when the word is not known.
   * Words are compared letter by letter, so that two of the same hash are never taken for each other.
   */
  find(text: string, from: number, to: number): number;
  readonly pool: Uint16Array;
  /** @param ids the word's pieces, the first `count` of it, all below 65,536 */
  keep(text: string, from: number, to: number, ids: Int32Array, count: number): void;
}

/** Each entry in the pool: length of the word, its units, number of pieces, their ids. */
export function createWordCache(slots = SLOTS, poolSize = POOL): WordCache {
  /** Place of the entry in the pool, 0 for none. */
  const table = new Int32Array(slots);
  const hashes = new Int32Array(slots);
  const pool = new Uint16Array(poolSize);
  const mask = slots - 1;
  let used = 0;
  let end = 1;

  const hashOf = (text: string, from: number, to: number): number => {
    let h = 0x811c9dc5 | 0;
    for (let i = from; i < to; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    return h ^ (h >>> 13);
  };
  const holds = (entry: number, text: string, from: number, to: number): boolean => {
    if (pool[entry] !== to - from) return false;
    for (let i = from, at = entry + 1; i < to; i++, at++) if (pool[at] !== text.charCodeAt(i)) return false;
    return true;
  };

  return {
    pool,
    find(text, from, to) {
      const hash = hashOf(text, from, to);
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const entry = table[slot]!;
        if (entry === 0) return 0;
        if (hashes[slot] === hash && holds(entry, text, from, to)) return entry + to - from + 2;
      }
    },
    keep(text, from, to, ids, count) {
      const size = 2 + to - from + count;
      if (2 * used >= slots || end + size > poolSize) {
        table.fill(0);
        used = 0;
        end = 1;
      }
      const hash = hashOf(text, from, to);
      let slot = hash & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = end;
      hashes[slot] = hash;
      used++;
      pool[end++] = to - from;
      for (let i = from; i < to; i++) pool[end++] = text.charCodeAt(i);
      pool[end++] = count;
      for (let k = 0; k < count; k++) pool[end++] = ids[k]!;
    },
  };
}
