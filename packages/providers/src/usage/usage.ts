import {
  estimateTokens,
  fieldsOf,
  isFields,
  RouteProfileError,
  type ChatMessage,
  type Fields,
  type Price,
  type Usage,
} from '@routeprofile/schema';

/** How a server speaks: OpenAI's chat completions (`/completions` too), responses and embeddings, Anthropic's messages. */
export type Wire = 'chat' | 'responses' | 'messages' | 'embeddings';

/** Nothing read and nothing written. */
export const NO_USAGE: Usage = Object.freeze({ uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0 });

/** No call takes more tokens; what says so is not a count. */
const MOST = 1e9;
/** A count in quotes, as some servers write it. */
const QUOTED = /^\d{1,9}$/;

// Looked at by hand, as this is done for each answer that a server gives: a schema takes ten times as long.
/** A count; undefined for what is none, which costs no other count. */
function countOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 && value <= MOST ? value : undefined;
  return typeof value === 'string' && QUOTED.test(value) ? Number(value) : undefined;
}

/**
 * The `usage` of an answer in one form, each token counted once. OpenAI counts cached tokens inside its input and reasoning inside
 * its output; Anthropic counts what it read from its cache and wrote to it beside its input.
 * @param usage the `usage` member of the answer's JSON
 * @returns undefined when it is absent or is not of that wire; the caller then estimates
 */
export function readUsage(wire: Wire, usage: unknown): Usage | undefined {
  if (!isFields(usage)) return undefined;
  switch (wire) {
    case 'chat': {
      const input = countOf(usage['prompt_tokens']);
      const written = countOf(usage['completion_tokens']);
      if (input === undefined || written === undefined) return undefined;
      const details = fieldsOf(usage['prompt_tokens_details']);
      const reasoning = reasoningOf(usage['completion_tokens_details']);
      // DeepSeek has a name of its own for what it read from its cache.
      const read = countOf(details['cached_tokens']) || countOf(usage['prompt_cache_hit_tokens']);
      // xAI counts reasoning beside the output, which its total gives away.
      const beside = reasoning !== undefined && countOf(usage['total_tokens']) === input + written + reasoning;
      return insideOf(input, read, details, beside ? written + reasoning : written, reasoning);
    }
    case 'responses': {
      const input = countOf(usage['input_tokens']);
      const written = countOf(usage['output_tokens']);
      if (input === undefined || written === undefined) return undefined;
      const details = fieldsOf(usage['input_tokens_details']);
      const reasoning = reasoningOf(usage['output_tokens_details']);
      return insideOf(input, countOf(details['cached_tokens']), details, written, reasoning);
    }
    case 'messages': {
      const uncachedInput = countOf(usage['input_tokens']);
      const output = countOf(usage['output_tokens']);
      if (uncachedInput === undefined || output === undefined) return undefined;
      const cacheRead = countOf(usage['cache_read_input_tokens']) ?? 0;
      return { uncachedInput, cacheRead, cacheWrite: countOf(usage['cache_creation_input_tokens']) ?? 0, output };
    }
    case 'embeddings': {
      const uncachedInput = countOf(usage['prompt_tokens']) ?? countOf(usage['total_tokens']);
      return uncachedInput === undefined ? undefined : { ...NO_USAGE, uncachedInput };
    }
  }
}

const reasoningOf = (details: unknown): number | undefined => countOf(fieldsOf(details)['reasoning_tokens']);

/**
 * Counts of the wires that count cached tokens inside the input, and reasoning inside the output. No more is taken out of the input than there
 * is, so that the sum stays what the server says.
 */
function insideOf(
  input: number,
  read: number | undefined,
  details: Fields,
  output: number,
  reasoning: number | undefined,
): Usage {
  const cacheRead = Math.min(read ?? 0, input);
  const cacheWrite = Math.min(countOf(details['cache_write_tokens']) ?? 0, input - cacheRead);
  const uncachedInput = input - cacheRead - cacheWrite;
  return reasoning === undefined
    ? { uncachedInput, cacheRead, cacheWrite, output }
    : { uncachedInput, cacheRead, cacheWrite, output, reasoning: Math.min(reasoning, output) };
}

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

/** Tokens of a prompt: its texts as `estimateTokens` counts them, and 8 for each message. */
export const estimateMessages = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + FRAME + estimateTokens(content), 0);

/** What a call took whose server does not say. */
export const estimateUsage = (messages: readonly ChatMessage[], answer: string): Usage => ({
  ...NO_USAGE,
  uncachedInput: estimateMessages(messages),
  output: estimateTokens(answer),
});
