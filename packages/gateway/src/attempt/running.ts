import type { Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import type { AnswerState } from '../wire/format.js';
import type { AttemptParts, Call } from './call.js';
import { createStopper, type Stopper } from './stopper.js';
import { usageOf } from './usage.js';
import { createWatch, type Watch } from './watch.js';

/** One attempt while it runs. */
export interface Running {
  call: Call;
  stopper: Stopper;
  watch: Watch;
  now(): number;
  /** When content came; undefined before. */
  contentAt?: number;
  /** What becomes of the record, once. */
  conclude(state: Readonly<AnswerState> | undefined, fault?: Fault, more?: Pick<Attempt, 'retryAfterMs'>): Attempt;
  /** Of the server. */
  status?: number;
}

/** Starts an attempt: from now on the client's leaving ends it. */
export function begin(call: Call, { clock }: AttemptParts): Running {
  const started = clock.now();
  const stopper = createStopper();
  const leave = () => stopper.stop('client-gone');
  const stay = call.client.onLeave(leave);
  if (call.client.left) leave();
  const watch = createWatch(clock, (fault) => stopper.stop(fault));
  const running: Running = {
    call,
    stopper,
    watch,
    now: () => clock.now(),
    conclude(state, fault, more) {
      watch.end();
      stay();
      const usage = usageOf(state, fault, call.promptTokens, running.contentAt !== undefined);
      return {
        endpoint: call.endpoint.id,
        candidate: call.candidate.id,
        ...(fault !== undefined && { fault }),
        ...(running.status !== undefined && { status: running.status }),
        ...(running.contentAt !== undefined && { firstContentMs: Math.max(0, running.contentAt - started) }),
        // Clocks can be set back.
        totalMs: Math.max(0, clock.now() - started),
        ...(usage && { usage }),
        ...more,
      };
    },
  };
  return running;
}
