import type { Clock } from '../clock.js';
import type { Fault } from '../contracts/fault.js';

/** One deadline that moves. */
export interface Watch {
  /** After that time from now the attempt is late, and for that reason. It takes the place of what was set before. */
  set(milliseconds: number, fault: Fault): void;
  /** Nothing is late until it is set again. */
  pause(): void;
  end(): void;
}

/**
 * Streams move the deadline with each piece, so a timer that fires too early looks again instead of being set anew each time.
 * @param late is called once
 */
export function createWatch(clock: Clock, late: (fault: Fault) => void): Watch {
  let deadline = Infinity;
  let due = Infinity;
  let because: Fault = 'first-byte';
  let cancel: (() => void) | undefined;

  const arm = () => {
    cancel?.();
    due = deadline;
    cancel = clock.after(Math.max(0, deadline - clock.now()), fire);
  };
  const fire = () => {
    cancel = undefined;
    if (deadline === Infinity) return;
    if (clock.now() < deadline) return arm();
    deadline = Infinity;
    late(because);
  };
  return {
    set(milliseconds, fault) {
      deadline = clock.now() + milliseconds;
      because = fault;
      if (cancel === undefined || deadline < due) arm();
    },
    pause() {
      deadline = Infinity;
    },
    end() {
      deadline = Infinity;
      cancel?.();
      cancel = undefined;
    },
  };
}
