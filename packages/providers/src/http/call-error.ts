import { RouteProfileError, type ErrorCode, type ErrorInfo, type Usage } from '@routeprofile/schema';
import type { Fault } from './fault.js';

/** What is known of a call that came to nothing. */
export interface CallErrorInfo extends Pick<ErrorInfo, 'hint'> {
  fault: Fault;
  /** HTTP status of the last attempt; undefined when no answer came. */
  status: number | undefined;
  usage?: Usage | undefined;
}

/**
 * A call that came to nothing: an error as any other, with the fault that ended it. It has no `cause`, as what a platform says may
 * quote the request.
 */
export class CallError extends RouteProfileError {
  readonly endedBy: Fault;
  /** HTTP status of the last attempt; undefined when no answer came. */
  readonly status: number | undefined;
  /** What the answers of no use took, as the server counts it; undefined where it did not say, or none came. */
  readonly usage: Usage | undefined;

  constructor(code: ErrorCode, message: string, { fault, status, usage, hint }: CallErrorInfo) {
    super(code, message, { hint });
    this.endedBy = fault;
    this.status = status;
    this.usage = usage;
  }

  /** The same failure, with what its answers took. */
  withUsage(usage: Usage): CallError {
    const { code, message, endedBy: fault, status, hint } = this;
    return new CallError(code, message, { fault, status, usage, hint });
  }
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** True for a CallError of any copy of this package in the process. */
export const isCallError = (value: unknown): value is CallError =>
  RouteProfileError.isInstance(value) && isFields(value) && 'endedBy' in value && isFields(value['endedBy']);
