import type { Clock } from '../clock.js';
import type { Fault } from '../contracts/fault.js';

/**
 * One deadline that moves. Streams move it with each piece, so a timer that fires too early looks again instead of being set anew each
 * time.
 */
export class Watch {
  private deadline = Infinity;
  /** Milliseconds that were set last: no wait is longer, wherever the clock has been set back to. */
  private patience = Infinity;
  private due = Infinity;
  private because: Fault = 'first-byte';
  private cancel: (() => void) | undefined;

  /** @param late is called once */
  constructor(
    private readonly clock: Clock,
    private readonly late: (fault: Fault) => void,
  ) {}

  /** After that time from now the attempt is late, and for that reason. It takes the place of what was set before. */
  set(milliseconds: number, fault: Fault): void {
    this.deadline = this.clock.now() + milliseconds;
    this.patience = milliseconds;
    this.because = fault;
    if (this.cancel === undefined || this.deadline < this.due) this.arm();
  }
  /** Nothing is late until it is set again. */
  pause(): void {
    this.deadline = Infinity;
  }
  end(): void {
    this.deadline = Infinity;
    this.cancel?.();
    this.cancel = undefined;
  }
  private arm(): void {
    this.cancel?.();
    this.due = this.deadline;
    const wait = Math.min(this.patience, this.deadline - this.clock.now());
    this.cancel = this.clock.after(Math.max(0, wait), () => this.fire());
  }
  private fire(): void {
    this.cancel = undefined;
    if (this.deadline === Infinity) return;
    // That of the timer has passed, whatever the clock says by now.
    if (this.deadline > this.due && this.clock.now() < this.deadline) return this.arm();
    this.deadline = Infinity;
    this.late(this.because);
  }
}
