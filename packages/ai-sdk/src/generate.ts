import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider';
import { AnswerFault } from './model-error.js';
import { runAttempts, type Job } from './attempts.js';
import { noAnswer } from './no-answer.js';
import { keepSession, PROVIDER } from './prepare.js';
import { handOver, metadataOf, recordOf } from './report.js';
import { callOf, type Running } from './running.js';

/** One attempt at a whole answer. */
async function once(job: Job, running: Running, acceptEmpty: boolean): Promise<LanguageModelV3GenerateResult> {
  const { model, stopper, watch, tally } = running;
  watch.set(job.settings.timeouts.answerMs, 'first-byte');
  const call = async () => model.doGenerate(callOf(job.options, running));
  const answer = await stopper.race(call());
  running.answered = true;
  for (const part of answer.content) tally.add(part);
  tally.finish(answer.finishReason, answer.usage);
  const { content, finish } = tally.state;
  if (answer.finishReason.unified === 'error') throw new AnswerFault('server', 'the model ended with an error');
  if (!content && finish === 'plain' && !acceptEmpty) throw new AnswerFault('empty', 'the answer is empty');
  running.contentAt = job.settings.clock.now();
  return answer;
}

/** A whole answer of the first model that gives one. @throws what `noAnswer` says */
export async function generate(job: Job): Promise<LanguageModelV3GenerateResult> {
  const { prepared, settings, options, health } = job;
  const result = await runAttempts(job, (running, acceptEmpty) => once(job, running, acceptEmpty));
  const { attempts, delivered, finish } = result;
  if (delivered === undefined) {
    const { error, status } = noAnswer(result, prepared, options.abortSignal, health);
    await handOver(recordOf(prepared, { attempts, served: null, status }, settings), settings);
    throw error;
  }
  const { value, running } = delivered;
  keepSession(prepared, running.candidate.id, settings, job.pins);
  finish(running.conclude());
  const record = recordOf(prepared, { attempts, served: running.candidate.id, status: 200 }, settings);
  await handOver(record, settings);
  return { ...value, providerMetadata: { ...value.providerMetadata, [PROVIDER]: metadataOf(record, prepared) } };
}
