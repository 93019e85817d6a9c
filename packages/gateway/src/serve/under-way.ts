/** Work that goes on, for whoever has to wait for its end. */
export interface UnderWay {
  /** Works that have not ended. */
  readonly size: number;
  /** Counts a work until it ends. */
  readonly track: (work: Promise<unknown>) => void;
  /** Resolves once all works have ended that are under way now; what begins later is not waited for. */
  settled(): Promise<void>;
}

/** Works that began between two calls of `settled`. */
interface Batch {
  size: number;
  over?: () => void;
}

/** Counts, and keeps no list: there may be thousands, and each ends soon. @param failed is told why a work failed */
export function createUnderWay(failed: (error: unknown) => void): UnderWay {
  let size = 0;
  let batch: Batch = { size: 0 };
  let earlier = Promise.resolve();
  return {
    get size() {
      return size;
    },
    track(work) {
      const own = batch;
      own.size++;
      size++;
      const end = () => {
        size--;
        if (--own.size === 0) own.over?.();
      };
      work.then(end, (error: unknown) => {
        failed(error);
        end();
      });
    },
    settled() {
      const own = batch;
      batch = { size: 0 };
      const over = own.size === 0 ? undefined : new Promise<void>((resolve) => (own.over = resolve));
      const before = earlier;
      return (earlier = Promise.all([before, over]).then(() => {}));
    },
  };
}
