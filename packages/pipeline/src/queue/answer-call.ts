import type { PaidModel } from '@routeprofile/collect';
import { CallError, isCallError, type FaultKind } from '@routeprofile/providers';
import { messageOf, RouteProfileError, type RunContext } from '@routeprofile/schema';
import type { CallFailure, Job, Result } from './messages.js';

/** Models that may be asked here, by id. */
export type OpenedModels = ReadonlyMap<string, PaidModel>;

/** Makes a call that a run has sent. @returns the answer or the failure, for the run @throws RouteProfileError INTERNAL; ABORTED */
export async function answerCall(job: Job, models: OpenedModels, ctx: RunContext): Promise<Result> {
  const model = job.type === 'call' ? models.get(job.model) : undefined;
  if (job.type !== 'call' || model === undefined)
    throw new RouteProfileError('INTERNAL', 'a run of calls sent something that cannot be asked here');
  const { call, request } = job;
  const { label, idempotencyKey } = request;
  const given = {
    messages: request.messages,
    ...(label !== undefined && { label }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
  const begun = performance.now();
  try {
    const completion = await model.chat.complete(given, ctx);
    return { type: 'reply', call, outcome: { completion, seconds: (performance.now() - begun) / 1000 } };
  } catch (error) {
    if (RouteProfileError.isInstance(error) && error.code === 'ABORTED') throw error;
    return { type: 'reply', call, outcome: { failure: failureOf(error) } };
  }
}

function failureOf(error: unknown): CallFailure {
  if (!RouteProfileError.isInstance(error)) return { code: 'INTERNAL', message: messageOf(error) };
  const { code, message, hint } = error;
  const failure = { code, message, ...(hint !== undefined && { hint }) };
  if (!isCallError(error)) return failure;
  const { endedBy: fault, status, usage } = error;
  return {
    ...failure,
    ended: { fault, ...(status !== undefined && { status }), ...(usage && { usage }) },
  };
}

/** The error that a call ended with at a worker, as it would have been here. */
export function errorOf({ code, message, hint, ended }: CallFailure): RouteProfileError {
  const hinted = hint === undefined ? {} : { hint };
  if (ended === undefined) return new RouteProfileError(code, message, hinted);
  const { fault, status, usage } = ended;
  const { kind, retryable, retryAfter, unsent } = fault;
  return new CallError(code, message, {
    ...hinted,
    fault: {
      kind: kind as FaultKind,
      retryable,
      ...(retryAfter !== undefined && { retryAfter }),
      ...(unsent && { unsent }),
    },
    status,
    ...(usage && { usage }),
  });
}
