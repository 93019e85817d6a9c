import { z, type Usage } from '@routeprofile/schema';

/** A part of a prompt as the AI SDK has it. */
interface TextPart {
  type: 'text';
  text: string;
}

/** A message of a prompt as the AI SDK has it. */
export type LanguageModelMessage =
  { role: 'system'; content: string } | { role: 'user' | 'assistant'; content: TextPart[] };

/** A value that JSON can hold. */
export type JsonValue = null | string | number | boolean | JsonValue[] | { [name: string]: JsonValue | undefined };

/** What `doGenerate` is called with. */
export interface LanguageModelCall {
  prompt: LanguageModelMessage[];
  maxOutputTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  seed?: number;
  stopSequences?: string[];
  presencePenalty?: number;
  frequencyPenalty?: number;
  /** Settings of single providers, by the provider's name. */
  providerOptions?: Record<string, Record<string, JsonValue | undefined>>;
  headers?: Record<string, string | undefined>;
  abortSignal?: AbortSignal;
}

/**
 * What is used of a language model object of the AI SDK (`openai('gpt-…')`), specification v2 or v3. Told by its members, so that no
 * version of the SDK is needed here. What it gives is checked when it comes.
 */
export interface LanguageModelLike {
  specificationVersion: string;
  provider: string;
  modelId: string;
  doGenerate(options: LanguageModelCall): PromiseLike<unknown>;
}

const shape = z.looseObject({
  specificationVersion: z.enum(['v2', 'v3']),
  provider: z.string(),
  modelId: z.string().min(1),
  doGenerate: z.custom<() => unknown>((value) => typeof value === 'function'),
});

/** Whether a value is a language model object of the AI SDK that can be asked here. */
export const isLanguageModel = (value: unknown): value is LanguageModelLike => shape.safeParse(value).success;

const count = z.number().min(0).optional().catch(undefined);

/** v2: plain numbers; v3: totals with their parts. */
const usageSchema = z.union([
  z
    .looseObject({
      inputTokens: z.looseObject({ total: z.number().min(0), cacheRead: count, cacheWrite: count }),
      outputTokens: z.looseObject({ total: z.number().min(0), reasoning: count }),
    })
    .transform(({ inputTokens, outputTokens }) => ({
      input: inputTokens.total,
      cacheRead: inputTokens.cacheRead ?? 0,
      cacheWrite: inputTokens.cacheWrite ?? 0,
      output: outputTokens.total,
      reasoning: outputTokens.reasoning,
    })),
  z
    .looseObject({
      inputTokens: z.number().min(0),
      outputTokens: z.number().min(0),
      cachedInputTokens: count,
      reasoningTokens: count,
    })
    .transform(({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }) => ({
      input: inputTokens,
      cacheRead: cachedInputTokens ?? 0,
      cacheWrite: 0,
      output: outputTokens,
      reasoning: reasoningTokens,
    })),
]);

/** What a call took, each token counted once; undefined when the model does not say. */
export function readLanguageModelUsage(usage: unknown): Usage | undefined {
  const { data } = usageSchema.safeParse(usage);
  if (!data) return undefined;
  const cacheRead = Math.min(data.cacheRead, data.input);
  const cacheWrite = Math.min(data.cacheWrite, data.input - cacheRead);
  return {
    uncachedInput: data.input - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: data.output,
    ...(data.reasoning !== undefined && { reasoning: Math.min(data.reasoning, data.output) }),
  };
}

/** What `doGenerate` gives, as far as it is used. */
export const generatedSchema = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  finishReason: z
    .union([z.string(), z.looseObject({ unified: z.string() }).transform(({ unified }) => unified)])
    .nullish(),
  usage: z.unknown().optional(),
});
