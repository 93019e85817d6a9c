import type { LanguageModelV3StreamPart, LanguageModelV3StreamResult } from '@ai-sdk/provider';
import { CLIENT_GONE, type DecisionRecord, type Fault } from '@routeprofile/gateway/core';
import { RouteProfileError } from '@routeprofile/schema';
import { runAttempts, type Attempted, type Job } from './attempts.js';
import { holdBack, wrongEnd, type Held } from './hold-back.js';
import { AnswerFault, modelFault, partFault } from './model-error.js';
import { noAnswer, thrown } from './no-answer.js';
import { keepSession, PROVIDER } from './prepare.js';
import { handOver, metadataOf, recordOf } from './report.js';
import type { Running } from './running.js';

/** What a caller is told when a stream fails after content; there is no second attempt then. */
function brokenOff(id: string, error: unknown): unknown {
  if (!(error instanceof AnswerFault)) return thrown(error);
  if (error.cause !== undefined) return thrown(error.cause);
  return new RouteProfileError('NETWORK', `${error.message}. The answer is not whole.`, {
    hint: `Ask again; the decision is ${id}.`,
  });
}

/** Passes a stream on whose first content has come. */
function relay(job: Job, { finish, attempts }: Attempted<Held>, held: Held, running: Running) {
  const { prepared, settings, options } = job;
  const { stopper, watch, tally } = running;
  let ended: { record: DecisionRecord; handed: Promise<void> } | undefined;
  const conclude = (fault?: Fault) => {
    if (ended) return ended;
    finish(running.conclude(fault));
    const status = fault === 'client-gone' ? CLIENT_GONE : 200;
    const record = recordOf(prepared, { attempts, served: running.candidate.id, status }, settings);
    ended = { record, handed: handOver(record, settings) };
    if (fault !== undefined) stopper.stop(fault);
    return ended;
  };
  // A caller may leave while nobody reads.
  if (stopper.fault !== undefined) conclude(stopper.fault);
  else stopper.signal.addEventListener('abort', () => conclude(stopper.fault), { once: true });

  async function* parts(): AsyncGenerator<LanguageModelV3StreamPart, void> {
    const waiting = [...held.parts];
    try {
      for (;;) {
        // The clock stands still while the caller takes its time.
        watch.set(settings.timeouts.idleMs, 'idle');
        const come = waiting.length === 0;
        const part = waiting.shift() ?? (await held.next());
        watch.pause();
        if (part === undefined) throw new AnswerFault('cut', 'the model broke off');
        if (part.type === 'error') throw partFault(part.error, settings.clock.now());
        if (come) tally.add(part);
        if (part.type !== 'finish') {
          yield part;
          continue;
        }
        const wrong = wrongEnd(part);
        if (wrong) throw wrong;
        if (come) tally.finish(part.finishReason, part.usage);
        const { record, handed } = conclude();
        await handed;
        yield {
          ...part,
          providerMetadata: { ...part.providerMetadata, [PROVIDER]: metadataOf(record, prepared) },
        };
        return;
      }
    } catch (error) {
      const fault = stopper.fault ?? modelFault(error, true, settings.clock.now()).fault;
      await conclude(fault).handed;
      if (fault === 'client-gone') throw options.abortSignal?.reason ?? error;
      const late = fault === 'idle' ? new AnswerFault('idle', 'the model stopped sending') : error;
      const told = brokenOff(prepared.id, late);
      // Whoever reads parts sees it, and whoever awaits the text does not take what has come for all of it.
      yield { type: 'error', error: told };
      throw told;
    }
  }

  const iterator = parts();
  return new ReadableStream<LanguageModelV3StreamPart>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => conclude('client-gone').handed,
    },
    { highWaterMark: 0 },
  );
}

/** A stream of the first model that has content. @throws what `noAnswer` says */
export async function stream(job: Job): Promise<LanguageModelV3StreamResult> {
  const { prepared, settings, options, health } = job;
  const result = await runAttempts(job, (running, acceptEmpty) => holdBack(job, running, acceptEmpty));
  const { attempts, delivered } = result;
  if (delivered === undefined) {
    const { error, status } = noAnswer(result, prepared, options.abortSignal, health);
    await handOver(recordOf(prepared, { attempts, served: null, status }, settings), settings);
    throw error;
  }
  const { value: held, running } = delivered;
  keepSession(prepared, running.candidate.id, settings, job.pins);
  return { ...held.result, stream: relay(job, result, held, running) };
}
