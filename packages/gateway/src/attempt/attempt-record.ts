import type { Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import type { AnswerState } from '../wire/format.js';
import { usageOf } from './usage.js';

/** An attempt that has ended; times in milliseconds since 1970. */
export interface EndedAttempt extends Pick<Attempt, 'endpoint' | 'candidate' | 'status' | 'retryAfterMs'> {
  started: number;
  /** When content came; undefined where none did. */
  contentAt: number | undefined;
  ended: number;
  fault: Fault | undefined;
  /** What the answer said; undefined where none came. */
  state: Readonly<AnswerState> | undefined;
  /** Estimated. */
  promptTokens: number;
}

/** What is recorded of an attempt. */
export function attemptRecord(attempt: EndedAttempt): Attempt {
  const { started, contentAt, ended, fault, state, promptTokens, endpoint, candidate, status, retryAfterMs } = attempt;
  const usage = usageOf(state, fault, promptTokens, contentAt !== undefined);
  return {
    endpoint,
    candidate,
    ...(fault !== undefined && { fault }),
    ...(status !== undefined && { status }),
    // Clocks can be set back.
    ...(contentAt !== undefined && { firstContentMs: Math.max(0, contentAt - started) }),
    totalMs: Math.max(0, ended - started),
    ...(usage && { usage }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
