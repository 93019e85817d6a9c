import type { LanguageModelV3StreamPart, LanguageModelV3StreamResult } from '@ai-sdk/provider';
import type { Job } from './attempts.js';
import { AnswerFault, partFault } from './model-error.js';
import { callOf, type Running } from './running.js';

type Finish = Extract<LanguageModelV3StreamPart, { type: 'finish' }>;

/** A stream whose content has begun. */
export interface Held {
  result: LanguageModelV3StreamResult;
  /** What has come so far, the first content last. */
  parts: LanguageModelV3StreamPart[];
  /** The next part; undefined at the end. @throws what the stream throws, or Stopped */
  next(): Promise<LanguageModelV3StreamPart | undefined>;
}

/**
 * What is wrong with how a stream ends; undefined where nothing is. Providers say `other`, and no reason of the server's, where the
 * server gave none: then its answer broke off.
 */
export function wrongEnd({ finishReason: { unified, raw } }: Finish): AnswerFault | undefined {
  if (unified === 'error') return new AnswerFault('server', 'the model ended with an error');
  if (unified === 'other' && raw === undefined) return new AnswerFault('cut', 'the model broke off');
  return undefined;
}

/**
 * One attempt at a stream: reads on until there is content, so that a fault before it can be mended by another model.
 * @throws AnswerFault, and whatever the model throws
 */
export async function holdBack(job: Job, running: Running, acceptEmpty: boolean): Promise<Held> {
  const { model, stopper, watch, tally } = running;
  const { clock, timeouts } = job.settings;
  watch.set(timeouts.firstContentMs, 'first-byte');
  const call = async () => model.doStream(callOf(job.options, running));
  const result = await stopper.race(call());
  running.answered = true;
  const reader = result.stream.getReader();
  // A model may take no notice of its signal. What it says to that no longer matters.
  const leave = () => void reader.cancel().catch(() => {});
  stopper.signal.addEventListener('abort', leave, { once: true });
  const next = async () => {
    const { done, value } = await stopper.race(reader.read());
    return done ? undefined : value;
  };
  const parts: LanguageModelV3StreamPart[] = [];
  for (;;) {
    const part = await next();
    if (part === undefined) throw new AnswerFault('cut', 'the model broke off');
    if (part.type === 'error') throw partFault(part.error, clock.now());
    tally.add(part);
    parts.push(part);
    if (part.type === 'finish') {
      tally.finish(part.finishReason, part.usage);
      const wrong = wrongEnd(part);
      if (wrong) throw wrong;
      if (tally.state.finish === 'plain' && !acceptEmpty) throw new AnswerFault('empty', 'the answer is empty');
    } else if (!tally.state.content) continue;
    running.contentAt = clock.now();
    watch.pause();
    return { result, parts, next };
  }
}
