/** Keeps spending below a limit: what a call costs at most is set aside before it is sent. */
export interface Budget {
  /**
   * Sets dollars aside, waiting while calls in flight may give some back.
   * @param keep dollars of the limit that are for something else
   * @returns false when the limit would be passed even if those calls cost nothing
   * @throws the signal's reason once it fires
   */
  reserve(dollars: number, keep: number, signal?: AbortSignal): Promise<boolean>;
  /** Gives back what was set aside. What was charged is known to `spent` by then. */
  release(dollars: number): void;
}

interface Waiting {
  dollars: number;
  keep: number;
  decide(granted: boolean): void;
}

/**
 * @param limit dollars; undefined: none
 * @param spent dollars charged so far; asked anew each time
 */
export function createBudget(limit: number | undefined, spent: () => number): Budget {
  let reserved = 0;
  let waiting: Waiting[] = [];
  const left = ({ keep }: Waiting) => (limit === undefined ? Infinity : limit - spent() - keep);
  /** In the order they came, so that a dear call is not passed by for ever. */
  const serve = () => {
    while (waiting.length > 0) {
      const [next] = waiting as [Waiting];
      const never = next.dollars > left(next);
      if (!never && next.dollars > left(next) - reserved) return;
      waiting = waiting.slice(1);
      if (!never) reserved += next.dollars;
      next.decide(!never);
    }
  };
  return {
    async reserve(dollars, keep, signal) {
      signal?.throwIfAborted();
      return new Promise((resolve, reject) => {
        const entry: Waiting = {
          dollars,
          keep,
          decide: (granted) => {
            signal?.removeEventListener('abort', stop);
            resolve(granted);
          },
        };
        const stop = () => {
          waiting = waiting.filter((other) => other !== entry);
          reject(new Error('aborted', { cause: signal?.reason }));
        };
        signal?.addEventListener('abort', stop, { once: true });
        waiting.push(entry);
        serve();
      });
    },
    release(dollars) {
      reserved -= dollars;
      serve();
    },
  };
}
