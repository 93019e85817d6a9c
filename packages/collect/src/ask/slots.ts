/** Lets a number of tasks run at a time, the others in the order they came. */
export interface Slots {
  /**
   * @returns what gives the slot back
   * @throws once the signal fires
   */
  take(signal?: AbortSignal): Promise<() => void>;
}

/** @param count tasks at a time */
export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  const giveBack = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(new Error('aborted', { cause: signal.reason }));
        const grant = () => {
          signal?.removeEventListener('abort', stop);
          resolve(giveBack);
        };
        const stop = () => {
          const at = waiting.indexOf(grant);
          if (at >= 0) waiting.splice(at, 1);
          reject(new Error('aborted', { cause: signal?.reason }));
        };
        signal?.addEventListener('abort', stop, { once: true });
        if (free === 0) return void waiting.push(grant);
        free--;
        grant();
      });
    },
  };
}
