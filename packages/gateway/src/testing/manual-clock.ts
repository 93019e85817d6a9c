import type { Clock } from '../clock.js';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves on, and runs what is due, in order. */
  advance(milliseconds: number): Promise<void>;
  /** How many timers wait. */
  readonly waiting: number;
}

/** Lets everything go on that waits for nothing but its turn. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

/** @param start milliseconds since 1970 */
export function manualClock(start = Date.parse('2026-01-01T12:00:00Z')): ManualClock {
  let now = start;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(milliseconds, run) {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    get waiting() {
      return timers.size;
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
