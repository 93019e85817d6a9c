import type { Fault } from '../contracts/fault.js';
import type { Attempt } from '../contracts/record.js';
import type { AnswerState } from '../wire/format.js';
import { usageOf } from './usage.js';

/** An attempt that has ended; times in milliseconds since 1970. */
export interface EndedAttempt {
  endpoint: string;
  candidate: string;
  started: number;
  /** When content came; undefined where none did. */
  contentAt: number | undefined;
  ended: number;
  fault: Fault | undefined;
  status: number | undefined;
  retryAfterMs: number | undefined;
  /** What the answer said; undefined where none came. */
  state: Readonly<AnswerState> | undefined;
  /** Estimated. */
  promptTokens: number;
}

/** What is recorded of an attempt. */
export function attemptRecord(attempt: EndedAttempt): Attempt {
  const { started, contentAt, ended, fault, state, promptTokens, endpoint, candidate, status, retryAfterMs } = attempt;
  const usage = usageOf(state, fault, promptTokens, contentAt !== undefined);
  // Clocks can be set back.
  const record: Attempt = { endpoint, candidate, totalMs: Math.max(0, ended - started) };
  if (fault !== undefined) record.fault = fault;
  if (status !== undefined) record.status = status;
  if (contentAt !== undefined) record.firstContentMs = Math.max(0, contentAt - started);
  if (usage !== undefined) record.usage = usage;
  if (retryAfterMs !== undefined) record.retryAfterMs = retryAfterMs;
  return record;
}
