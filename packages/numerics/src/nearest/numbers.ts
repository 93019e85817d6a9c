type Kind = Int32Array | Float32Array | Float64Array;

/** Numbers that grow in number. */
export interface Numbers<T extends Kind> {
  /** With room beyond `count`; another array once there was no room left. */
  readonly data: T;
  readonly count: number;
  /** Makes it at least this many; new ones are zeros. */
  reserve(count: number): void;
  copy(): T;
}

/** @param given copied */
export function numbers<T extends Kind>(kind: new (length: number) => T, given?: T): Numbers<T> {
  let count = given?.length ?? 0;
  let data = new kind(count);
  if (given) data.set(given);
  return {
    get data() {
      return data;
    },
    get count() {
      return count;
    },
    reserve(wanted) {
      if (wanted > data.length) {
        const grown = new kind(Math.max(16, wanted, Math.ceil(1.25 * data.length)));
        grown.set(data);
        data = grown;
      }
      count = Math.max(count, wanted);
    },
    copy() {
      const out = new kind(count);
      out.set(data.subarray(0, count));
      return out;
    },
  };
}
