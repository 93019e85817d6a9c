/**
 * A hash of 53 bits (cyrb53: two rounds of multiplications, public domain). Two texts of a million share one with a chance of about
 * 1 in 18,000: good for counting and for telling apart, not for keeping secrets.
 * @param seed a whole number of at least 0: another one gives other hashes
 */
export function hash53(text: string, seed = 0): number {
  let [a, b] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed ^ Math.floor(seed / 2 ** 32)];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

/** A set of hashes, in 16 to 32 bytes each: a set of strings needs several times that. */
export class HashSet {
  private slots = new Float64Array(1 << 10).fill(-1);
  size = 0;

  /** @returns true when it was not there yet */
  add(hash: number): boolean {
    if (this.size * 2 >= this.slots.length) this.grow();
    const at = this.find(hash);
    if (this.slots[at] === hash) return false;
    this.slots[at] = hash;
    this.size++;
    return true;
  }

  has(hash: number): boolean {
    return this.slots[this.find(hash)] === hash;
  }

  private find(hash: number): number {
    const mask = this.slots.length - 1;
    let at = (hash % this.slots.length) & mask;
    while (this.slots[at] !== -1 && this.slots[at] !== hash) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Float64Array(old.length * 2).fill(-1);
    for (const hash of old) if (hash !== -1) this.slots[this.find(hash)] = hash;
  }
}
