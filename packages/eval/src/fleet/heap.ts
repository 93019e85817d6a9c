/** What happens next, of much that will happen: a binary heap by time, and in the order of coming at the same time. */
export interface Heap<T> {
  push(time: number, what: T): void;
  /** Time of the next; Infinity when there is none. */
  readonly next: number;
  pop(): T | undefined;
}

interface Entry<T> {
  time: number;
  order: number;
  what: T;
}

const before = <T>(a: Entry<T>, b: Entry<T>): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

export function createHeap<T>(): Heap<T> {
  const entries: Entry<T>[] = [];
  let pushed = 0;
  const swap = (i: number, j: number) => {
    [entries[i], entries[j]] = [entries[j]!, entries[i]!];
  };
  return {
    push(time, what) {
      entries.push({ time, order: pushed++, what });
      for (let i = entries.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!before(entries[i]!, entries[parent]!)) return;
        swap(i, parent);
        i = parent;
      }
    },
    get next() {
      return entries[0]?.time ?? Infinity;
    },
    pop() {
      const first = entries[0];
      const last = entries.pop();
      if (first === undefined || last === undefined || entries.length === 0) return first?.what;
      entries[0] = last;
      for (let i = 0; ;) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2])
          if (child < entries.length && before(entries[child]!, entries[least]!)) least = child;
        if (least === i) return first.what;
        swap(i, least);
        i = least;
      }
    },
  };
}
