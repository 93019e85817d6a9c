import { z, type Usage, RouteProfileError, type Price, type ChatMessage } from '@routeprofile/schema';

/** How a server speaks: OpenAI's chat completions (`/completions` too), responses and embeddings, Anthropic's messages. */
export type Wire = 'chat' | 'responses' | 'messages' | 'embeddings';

/** Nothing read and nothing written. */
export const NO_USAGE: Usage = Object.freeze({ uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0 });

/** No call takes more tokens; what says so is not a count. */
const MOST = 1e9;
/** A count, also as some servers write it: in quotes. */
const count = z.union([
  z.number().min(0).max(MOST),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);
/** Counts that a server need not give: one that is odd is as good as none, and costs no other. */
const maybe = count
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? 0);
const optional = count.nullish().catch(undefined);
const inputDetails = z.looseObject({ cached_tokens: maybe, cache_write_tokens: maybe }).nullish().catch(undefined);
const outputDetails = z.looseObject({ reasoning_tokens: optional }).nullish().catch(undefined);

const chatSchema = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: optional,
  prompt_tokens_details: inputDetails,
  completion_tokens_details: outputDetails,
  /** DeepSeek's name of what it read from its cache. */
  prompt_cache_hit_tokens: maybe,
});
const responsesSchema = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: inputDetails,
  output_tokens_details: outputDetails,
});
const messagesSchema = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: maybe,
  cache_creation_input_tokens: maybe,
});
const embeddingsSchema = z.union([
  z.looseObject({ prompt_tokens: count }).transform(({ prompt_tokens }) => prompt_tokens),
  z.looseObject({ total_tokens: count }).transform(({ total_tokens }) => total_tokens),
]);

/**
 * The `usage` of an answer in one form, each token counted once. OpenAI counts cached tokens inside its input and reasoning inside
 * its output; Anthropic counts what it read from its cache and wrote to it beside its input.
 * @param usage the `usage` member of the answer's JSON
 * @returns undefined when it is absent or is not of that wire; the caller then estimates
 */
export function readUsage(wire: Wire, usage: unknown): Usage | undefined {
  switch (wire) {
    case 'chat': {
      const { data } = chatSchema.safeParse(usage);
      if (!data) return undefined;
      const { prompt_tokens: input, completion_tokens: written, total_tokens, prompt_cache_hit_tokens } = data;
      const details = data.prompt_tokens_details;
      const reasoning = data.completion_tokens_details?.reasoning_tokens ?? undefined;
      // xAI counts reasoning beside the output, which its total gives away.
      const beside = reasoning !== undefined && total_tokens === input + written + reasoning;
      return {
        ...cachedInside(input, details?.cached_tokens || prompt_cache_hit_tokens, details?.cache_write_tokens),
        ...reasoningInside(beside ? written + reasoning : written, reasoning),
      };
    }
    case 'responses': {
      const { data } = responsesSchema.safeParse(usage);
      if (!data) return undefined;
      const details = data.input_tokens_details;
      return {
        ...cachedInside(data.input_tokens, details?.cached_tokens, details?.cache_write_tokens),
        ...reasoningInside(data.output_tokens, data.output_tokens_details?.reasoning_tokens ?? undefined),
      };
    }
    case 'messages': {
      const { data } = messagesSchema.safeParse(usage);
      return (
        data && {
          uncachedInput: data.input_tokens,
          cacheRead: data.cache_read_input_tokens,
          cacheWrite: data.cache_creation_input_tokens,
          output: data.output_tokens,
        }
      );
    }
    case 'embeddings': {
      const { data } = embeddingsSchema.safeParse(usage);
      return data === undefined ? undefined : { ...NO_USAGE, uncachedInput: data };
    }
  }
}

/** Takes what was cached out of the input; never more than there is, so that the sum stays what the server says. */
function cachedInside(input: number, read = 0, written = 0) {
  const cacheRead = Math.min(read, input);
  const cacheWrite = Math.min(written, input - cacheRead);
  return { uncachedInput: input - cacheRead - cacheWrite, cacheRead, cacheWrite };
}

const reasoningInside = (output: number, reasoning: number | undefined) =>
  reasoning === undefined ? { output } : { output, reasoning: Math.min(reasoning, output) };

/** All tokens read, cached or not. */
export const inputTokens = ({ uncachedInput, cacheRead, cacheWrite }: Usage): number =>
  uncachedInput + cacheRead + cacheWrite;

/** What two calls took together. */
export function addUsage(a: Usage, b: Usage): Usage {
  const reasoning =
    a.reasoning === undefined && b.reasoning === undefined ? undefined : (a.reasoning ?? 0) + (b.reasoning ?? 0);
  return {
    uncachedInput: a.uncachedInput + b.uncachedInput,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    ...(reasoning !== undefined && { reasoning }),
  };
}

/**
 * Dollars. Cached input costs what uncached input does where the price does not say otherwise.
 * @throws RouteProfileError BAD_INPUT for counts or prices that are missing or are not numbers
 */
export function costOf(
  { uncachedInput, cacheRead, cacheWrite, output }: Usage,
  { input, output: written, cachedInput = input, cacheWrite: kept = input }: Price,
): number {
  const dollars = (uncachedInput * input + cacheRead * cachedInput + cacheWrite * kept + output * written) / 1e6;
  if (Number.isFinite(dollars)) return dollars;
  throw new RouteProfileError(
    'BAD_INPUT',
    'the cost of a call: a count of tokens or a price is missing, or is not a number',
    {
      hint: 'A price is `{ input, output }` in dollars per million tokens; a usage is what `readUsage` gives.',
    },
  );
}

/** What the frame of a message costs in the chat templates of common models, rounded up. */
const FRAME = 8;

/**
 * Tokens of a text, estimated as a quarter of its UTF-8 bytes: close for English with common tokenizers, somewhat high for
 * Latin scripts with accents, about right for Chinese and Japanese. No tokenizer is loaded, as each model has its own.
 */
export const estimateTokens = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / 4);

/** Tokens of a prompt: its texts as `estimateTokens` counts them, and 8 for each message. */
export const estimateMessages = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + FRAME + estimateTokens(content), 0);

/** What a call took whose server does not say. */
export const estimateUsage = (messages: readonly ChatMessage[], answer: string): Usage => ({
  ...NO_USAGE,
  uncachedInput: estimateMessages(messages),
  output: estimateTokens(answer),
});
