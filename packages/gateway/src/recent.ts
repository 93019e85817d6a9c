/** A map that keeps what was used last, and forgets the rest. */
export interface Recent<K, V> {
  /** Counts as a use. */
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
  /** Forgets what was used longest ago. */
  dropOldest(): void;
  /** Those that were used longest ago first. Counts as no use. */
  entries(): IterableIterator<[K, V]>;
  readonly size: number;
}

/** @param most entries, at least 1 */
export function createRecent<K, V>(most: number): Recent<K, V> {
  // A map remembers in which order its keys came: the first is the one whose use is longest ago.
  const entries = new Map<K, V>();
  // Goes on from one key to the next: begun anew, it would pass all that were deleted before it each time.
  const ages = entries.keys();
  const put = (key: K, value: V) => {
    entries.delete(key);
    entries.set(key, value);
  };
  const dropOldest = () => {
    // Once it has come to an end it would begin no more.
    const oldest = entries.size > 0 ? ages.next() : undefined;
    if (oldest?.done === false) entries.delete(oldest.value);
  };
  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) put(key, value);
      return value;
    },
    set(key, value) {
      put(key, value);
      if (entries.size > most) dropOldest();
    },
    dropOldest,
    delete: (key) => void entries.delete(key),
    entries: () => entries.entries(),
    get size() {
      return entries.size;
    },
  };
}
