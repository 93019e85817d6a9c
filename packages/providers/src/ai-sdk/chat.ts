import {
  messageOf,
  RouteProfileError,
  throwIfAborted,
  z,
  type ChatMessage,
  type ChatModel,
  type Completion,
} from '@routeprofile/schema';
import { CallError } from '../http/call-error.js';
import { faultOf, UnusableAnswer } from '../http/fault.js';
import { spokenAnswer, type ChatAnswer } from '../openai/answer.js';
import { estimateUsage } from '../usage/usage.js';
import {
  generatedSchema,
  isLanguageModel,
  readLanguageModelUsage,
  type LanguageModelCall,
  type LanguageModelLike,
  type LanguageModelMessage,
} from './language-model.js';

/** How `createAiSdkChat` calls a model. */
export interface AiSdkChatSettings {
  /** Names the caller in errors. */
  who: string;
  /** Settings of every call, such as `temperature`. They are part of the id. */
  call?: Omit<LanguageModelCall, 'prompt' | 'abortSignal' | 'headers'>;
  /** Seconds per call. Default 120. */
  timeout?: number;
}

/** What the SDK's error of a call holds. */
const apiErrorSchema = z.looseObject({
  statusCode: z.number().optional(),
  responseHeaders: z.record(z.string(), z.string()).optional().catch(undefined),
  responseBody: z.string().optional().catch(undefined),
});

/**
 * A language model object of the AI SDK as a chat model. Each call is one attempt; what a failure was is told from the SDK's own error.
 * @throws RouteProfileError BAD_OPTION for an object that is not a language model of specification v2 or v3
 */
export function createAiSdkChat(model: LanguageModelLike, settings: AiSdkChatSettings): ChatModel {
  const { who, call = {}, timeout = 120 } = settings;
  if (!isLanguageModel(model))
    throw new RouteProfileError('BAD_OPTION', `${who}: this is not a language model of the AI SDK`, {
      hint: 'Give an object such as openai("gpt-…"), of specification v2 or v3.',
    });
  const name = `${model.modelId} of ${model.provider}`;
  return {
    specVersion: 1,
    id: `${name} (AI SDK) ${JSON.stringify(call)}`,
    async complete({ messages, label, idempotencyKey }, { signal }): Promise<Completion> {
      throwIfAborted({ signal });
      const caller = [who, label, name].filter((part) => part !== undefined).join(': ');
      const limit = AbortSignal.timeout(timeout * 1000);
      let answer: ChatAnswer;
      try {
        answer = read(
          await model.doGenerate({
            ...call,
            prompt: messages.map(toMessage),
            ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
            abortSignal: signal ? AbortSignal.any([signal, limit]) : limit,
          }),
        );
      } catch (error) {
        throwIfAborted({ signal });
        throw failure(caller, error, limit.aborted ? `no answer within ${timeout} s` : undefined, limit);
      }
      const usage = answer.usage ?? estimateUsage(messages, answer.content);
      const estimated = answer.usage === undefined;
      try {
        return { ...spokenAnswer(answer), usage, estimated, attempts: 1 };
      } catch (error) {
        const failed = failure(caller, error, undefined, limit);
        throw estimated ? failed : failed.withUsage(usage);
      }
    },
  };
}

function toMessage({ role, content }: ChatMessage): LanguageModelMessage {
  if (role === 'system' || role === 'developer') return { role: 'system', content };
  return { role: role === 'assistant' ? 'assistant' : 'user', content: [{ type: 'text', text: content }] };
}

function read(generated: unknown): ChatAnswer {
  const parsed = generatedSchema.safeParse(generated);
  if (!parsed.success) throw new UnusableAnswer('the model gave no `content` with a text');
  const { content, finishReason = null, usage: given } = parsed.data;
  const usage = readLanguageModelUsage(given);
  return {
    content: content.map(({ type, text }) => (type === 'text' ? (text ?? '') : '')).join(''),
    finish: finishReason === 'content-filter' ? 'content_filter' : finishReason,
    ...(usage && { usage }),
  };
}

function failure(who: string, error: unknown, said: string | undefined, limit: AbortSignal): CallError {
  const { data } = apiErrorSchema.safeParse(error);
  const status = error instanceof UnusableAnswer ? undefined : data?.statusCode;
  const fault =
    status === undefined
      ? faultOf({ error: limit.aborted ? limit.reason : error })
      : faultOf({
          status,
          body: data?.responseBody ?? '',
          headers: { get: (name) => data?.responseHeaders?.[name] ?? null },
        });
  return new CallError('NETWORK', `${who}: ${said ?? messageOf(error)}`, { fault, status });
}
