import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import {
  attemptRecord,
  costOfUsage,
  Stopper,
  Watch,
  type Attempt,
  type Candidate,
  type Clock,
  type Fault,
} from '@routeprofile/gateway/core';
import { PROVIDER } from './prepare.js';
import { createTally, type Tally } from './tally.js';

/** One attempt while it runs. */
export interface Running {
  candidate: Candidate;
  model: LanguageModelV3;
  stopper: Stopper;
  watch: Watch;
  tally: Tally;
  /** Whether something of the answer has come. */
  answered: boolean;
  /** When content came, milliseconds since 1970. */
  contentAt?: number;
  /** What becomes of it in the record; ends its clock. */
  conclude(fault?: Fault, more?: Pick<Attempt, 'status' | 'retryAfterMs'>): Attempt;
}

/** Whom an attempt calls, and for whom. */
export interface Calling {
  candidate: Candidate;
  model: LanguageModelV3;
  /** Fires when the caller leaves. */
  client: AbortSignal | undefined;
  clock: Clock;
  promptTokens: number;
}

/** Starts an attempt: from now on the caller's leaving ends it. */
export function begin({ candidate, model, client, clock, promptTokens }: Calling): Running {
  const started = clock.now();
  const stopper = new Stopper();
  const watch = new Watch(clock, (fault) => stopper.stop(fault));
  const tally = createTally();
  const leave = () => stopper.stop('client-gone');
  client?.addEventListener('abort', leave, { once: true });
  if (client?.aborted) leave();
  const running: Running = {
    candidate,
    model,
    stopper,
    watch,
    tally,
    answered: false,
    conclude(fault, more) {
      watch.end();
      client?.removeEventListener('abort', leave);
      const ended = attemptRecord({
        endpoint: `${model.provider}/${model.modelId}`,
        candidate: candidate.id,
        started,
        contentAt: running.contentAt,
        ended: clock.now(),
        fault,
        status: more?.status,
        retryAfterMs: more?.retryAfterMs,
        state: tally.state,
        promptTokens,
      });
      const cost = costOfUsage(candidate, ended.usage);
      return { ...ended, ...(cost !== undefined && { cost }) };
    },
  };
  return running;
}

/** What the model is called with: all that the caller said but what was said to us, and a signal of our own. */
export function callOf(options: LanguageModelV3CallOptions, { stopper }: Running): LanguageModelV3CallOptions {
  const { providerOptions, ...rest } = options;
  const { [PROVIDER]: _ours, ...theirs } = providerOptions ?? {};
  return { ...rest, ...(providerOptions && { providerOptions: theirs }), abortSignal: stopper.signal };
}
