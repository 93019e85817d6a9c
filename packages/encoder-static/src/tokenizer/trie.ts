/**
 * A trie as a double array (Aoe 1989): from state s, unit code c leads to `t = base[s] + c` if `check[t] === s`. Walking it costs two reads
 * of typed arrays per unit, and no object.
 */
export interface Trie {
  /** A UTF-16 unit's code; 0 for one that no word holds. */
  code: Uint16Array;
  base: Int32Array;
  check: Int32Array;
  /** What ends at a state: the word's number, -1 if none does. */
  value: Int32Array;
}

/** The root's state. */
export const ROOT = 0;

/** @param words word → its number, of 0 or more */
export function buildTrie(words: ReadonlyMap<string, number>): Trie {
  const { code, codes } = unitCodes(words.keys());
  return { code, ...layOut(words, code, codes) };
}

/** Frequent units get small codes, which makes the arrays dense. */
function unitCodes(words: Iterable<string>): { code: Uint16Array; codes: number } {
  const counts = new Map<number, number>();
  for (const word of words)
    for (let i = 0; i < word.length; i++) counts.set(word.charCodeAt(i), (counts.get(word.charCodeAt(i)) ?? 0) + 1);
  const code = new Uint16Array(0x1_0000);
  [...counts]
    .sort(([unit, count], [other, others]) => others - count || unit - other)
    .forEach(([unit], i) => {
      code[unit] = i + 1;
    });
  return { code, codes: counts.size };
}

const FREE = -1;

/** A node: the words from one place up to another of the sorted list, which share their first `depth` units. */
interface Node {
  state: number;
  from: number;
  to: number;
  depth: number;
}

/** @param codes how many there are; the largest is this */
function layOut(words: ReadonlyMap<string, number>, code: Uint16Array, codes: number): Omit<Trie, 'code'> {
  const sorted = [...words.keys()].sort();
  let base = new Int32Array(1024);
  let check = new Int32Array(1024).fill(FREE);
  let value = new Int32Array(1024).fill(-1);
  const grow = (size: number) => {
    if (size <= check.length) return;
    const larger = (old: Int32Array, filler: number) => {
      const grown = new Int32Array(Math.max(size, 2 * old.length)).fill(filler);
      grown.set(old);
      return grown;
    };
    base = larger(base, 0);
    check = larger(check, FREE);
    value = larger(value, -1);
  };

  check[ROOT] = ROOT;
  let used = 1;
  /** Where places are looked for: below it nearly all are taken. */
  let search = 1;
  const waiting: Node[] = [{ state: ROOT, from: 0, to: sorted.length, depth: 0 }];
  for (let next = 0; next < waiting.length; next++) {
    const { state, from, to, depth } = waiting[next]!;
    // The word that ends here is the shortest, and so the first.
    const ends = from < to && sorted[from]!.length === depth;
    if (ends) value[state] = words.get(sorted[from]!)!;
    const first = ends ? from + 1 : from;
    if (first === to) continue;
    const units: number[] = [];
    const starts: number[] = [];
    for (let i = first; i < to; i++) {
      const unit = code[sorted[i]!.charCodeAt(depth)]!;
      if (unit === units.at(-1)) continue;
      units.push(unit);
      starts.push(i);
    }
    const at = placeFor(units);
    base[state] = at;
    units.forEach((unit, k) => {
      check[at + unit] = state;
      used = Math.max(used, at + unit + 1);
      waiting.push({ state: at + unit, from: starts[k]!, to: starts[k + 1] ?? to, depth: depth + 1 });
    });
  }

  /** The first base at which all of a node's children find a free place. */
  function placeFor(units: readonly number[]): number {
    const lowest = Math.min(...units);
    let taken = 0;
    for (let first = Math.max(search, lowest + 1); ; first++) {
      grow(first + codes + 1);
      if (check[first] !== FREE) {
        taken++;
        continue;
      }
      const at = first - lowest;
      if (!units.every((unit) => check[at + unit] === FREE)) continue;
      // As in Darts: a stretch that is nearly full is not searched again.
      if (taken >= 0.8 * (first - search + 1)) search = first;
      return at;
    }
  }
  // Room for the largest code past the last state, so that a walk never reads past the end.
  grow(used + codes);
  return { base: base.slice(0, used), check: check.slice(0, used + codes), value: value.slice(0, used) };
}
