import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import {
  FAULTS,
  readsMore,
  wasUnsent,
  type Attempt,
  type Candidate,
  type Fault,
  type Health,
  type SessionPins,
} from '@routeprofile/gateway/core';
import { messageOf } from '@routeprofile/schema';
import { AnswerFault, modelFault } from './model-error.js';
import type { Prepared } from './prepare.js';
import { begin, type Running } from './running.js';
import type { OpenedSettings } from './settings.js';

/** One call on its way. */
export interface Job {
  prepared: Prepared;
  options: LanguageModelV3CallOptions;
  settings: OpenedSettings;
  models: ReadonlyMap<string, LanguageModelV3>;
  health: Health;
  /** Who answers which conversation. */
  pins: SessionPins;
}

/** An attempt that failed. */
interface Failed {
  fault: Fault;
  error: unknown;
  status?: number;
}

/** What came of the attempts. */
export interface Attempted<T> {
  /** All that have ended. */
  attempts: Attempt[];
  delivered?: { value: T; running: Running };
  /** The last one that failed. */
  failed?: Failed;
  /** Ends the one that is delivered, in records and for the model's health. */
  finish: (ended: Attempt) => void;
}

/**
 * Goes through the candidates until one's answer has content. Each is tried once, or twice where nothing could be sent.
 * @param once one attempt; throws what the model throws, or AnswerFault
 */
export async function runAttempts<T>(
  job: Job,
  once: (running: Running, acceptEmpty: boolean) => Promise<T>,
): Promise<Attempted<T>> {
  const { prepared, settings, health, options } = job;
  const { clock } = settings;
  const client = options.abortSignal;
  const began = clock.now();
  const finish = (ended: Attempt) => {
    result.attempts.push(ended);
    if (ended.fault === undefined) health.succeeded(ended.candidate);
    else health.failed(ended.candidate, ended.fault, ended.retryAfterMs);
  };
  const result: Attempted<T> = { attempts: [], finish };
  const tooSmall: Candidate[] = [];
  let empty = false;

  const tried = async (candidate: Candidate): Promise<'delivered' | 'refused' | Failed> => {
    const model = job.models.get(candidate.id);
    if (model === undefined) return 'refused';
    if (!health.enter(candidate.id) && prepared.target.kind === 'route') return 'refused';
    const running = begin({ candidate, model, client, clock, promptTokens: prepared.promptTokens });
    try {
      const value = await once(running, empty);
      result.delivered = { value, running };
      return 'delivered';
    } catch (error) {
      const judged = running.stopper.fault ?? modelFault(error, running.answered, clock.now());
      const { fault, status, retryAfterMs } = typeof judged === 'string' ? { fault: judged } : judged;
      finish(
        running.conclude(fault, {
          ...(status !== undefined && { status }),
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        }),
      );
      // Whatever of the answer has not been read is not wanted.
      running.stopper.stop(fault);
      if (fault === 'auth' || fault === 'not-found' || fault === 'no-credit')
        settings.logger?.warn(`${candidate.id}: ${fault}: ${messageOf(error)}`);
      const said = error instanceof AnswerFault && error.cause !== undefined ? error.cause : error;
      result.failed = { fault, error: said, ...(status !== undefined && { status }) };
      return result.failed;
    }
  };

  for (const candidate of prepared.order) {
    if (client?.aborted || clock.now() - began >= settings.giveUpMs) break;
    if (!tooSmall.every((than) => readsMore(candidate, than))) continue;
    let outcome = await tried(candidate);
    if (typeof outcome === 'object' && wasUnsent(outcome.error) && !client?.aborted) outcome = await tried(candidate);
    if (outcome === 'delivered') return result;
    if (outcome === 'refused') continue;
    const { next } = FAULTS[outcome.fault];
    if (next === 'none') break;
    if (next === 'larger') tooSmall.push(candidate);
    empty ||= outcome.fault === 'empty';
  }
  return result;
}
