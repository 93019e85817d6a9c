import type { Clock } from '../clock.js';
import type { Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import type { AnswerState } from '../wire/format.js';
import { attemptRecord } from './attempt-record.js';
import type { Call } from './call.js';
import { Stopper } from './stopper.js';
import { Watch } from './watch.js';

/** One attempt while it runs: from its making on the client's leaving ends it. */
export class Running {
  readonly stopper = new Stopper();
  readonly watch: Watch;
  /** When content came; undefined before. */
  contentAt: number | undefined;
  /** Of the server; undefined before. */
  status: number | undefined;
  private readonly started: number;
  private readonly stay: () => void;

  constructor(
    readonly call: Call,
    private readonly clock: Clock,
  ) {
    this.started = clock.now();
    this.watch = new Watch(clock, (fault) => this.stopper.stop(fault));
    const leave = () => this.stopper.stop('client-gone');
    this.stay = call.client.onLeave(leave);
    if (call.client.left) leave();
  }
  now(): number {
    return this.clock.now();
  }
  /** What becomes of the record, once. @param retryAfterMs milliseconds that the server asks to wait */
  conclude(state: Readonly<AnswerState> | undefined, fault?: Fault, retryAfterMs?: number): Attempt {
    this.watch.end();
    this.stay();
    const { call, started, contentAt, status } = this;
    return attemptRecord({
      endpoint: call.endpoint.id,
      candidate: call.candidate.id,
      started,
      contentAt,
      ended: this.now(),
      fault,
      status,
      retryAfterMs,
      state,
      promptTokens: call.promptTokens,
    });
  }
}
