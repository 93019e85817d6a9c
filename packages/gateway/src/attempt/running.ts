import type { Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import type { AnswerState } from '../wire/format.js';
import { attemptRecord } from './attempt-record.js';
import type { AttemptParts, Call } from './call.js';
import { createStopper, type Stopper } from './stopper.js';
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
      const { contentAt, status } = running;
      return attemptRecord({
        endpoint: call.endpoint.id,
        candidate: call.candidate.id,
        started,
        contentAt,
        ended: clock.now(),
        fault,
        ...(status !== undefined && { status }),
        state,
        promptTokens: call.promptTokens,
        ...more,
      });
    },
  };
  return running;
}
