import { isFields, unpacked, type Fields } from '../paths.js';
import { at, numberOf, type PresetCall } from './preset.js';

const INSIDE = /* @__PURE__ */ at('prompt_tokens', 'promptTokens', 'promptTokenCount');
const BESIDE = /* @__PURE__ */ at('input_tokens', 'inputTokens');
const OUTPUT = /* @__PURE__ */ at(
  ...['completion_tokens', 'output_tokens', 'completionTokens', 'outputTokens', 'candidatesTokenCount'],
);
const TOTAL = /* @__PURE__ */ at('total_tokens', 'totalTokens', 'totalTokenCount');
const READ = /* @__PURE__ */ at('cache_read_input_tokens', 'input_tokens_cache_read', 'cacheReadInputTokens');
const WRITTEN = /* @__PURE__ */ at('cache_creation_input_tokens', 'input_tokens_cache_write', 'cacheWriteInputTokens');
const REASONING = /* @__PURE__ */ at('completion_tokens_details.reasoning_tokens', 'reasoning_tokens');
const THOUGHTS = /* @__PURE__ */ at('thoughtsTokenCount');

/** What a call read and wrote. */
type Tokens = Pick<PresetCall, 'inputTokens' | 'outputTokens'>;

/**
 * All tokens of a call's `usage`, each counted once. OpenAI counts cached tokens inside its input and reasoning inside its output. Anthropic
 * counts what it read from its cache and wrote to it beside its input, Gemini its thoughts beside its output. Where there is a total,
 * it tells; other values are left as they are.
 */
export function tokensOf(given: unknown): Tokens {
  const usage = unpacked(given);
  if (!isFields(usage)) return {};
  const [inputTokens, outputTokens] = [INSIDE(usage) ?? BESIDE(usage), OUTPUT(usage)];
  const [input, written] = [numberOf(inputTokens), numberOf(outputTokens)];
  const output = written === undefined ? undefined : written + (numberOf(THOUGHTS(usage)) ?? 0);
  const cached = (numberOf(READ(usage)) ?? 0) + (numberOf(WRITTEN(usage)) ?? 0);
  const reasoning = numberOf(REASONING(usage)) ?? 0;
  const left = (numberOf(TOTAL(usage)) ?? NaN) - (input ?? 0) - (output ?? 0);
  const isBeside = left === 0 ? false : left === cached || INSIDE(usage) === undefined;
  return {
    inputTokens: input === undefined ? inputTokens : input + (isBeside ? cached : 0),
    outputTokens: output === undefined ? outputTokens : output + (left > 0 && left === reasoning ? reasoning : 0),
  };
}

/**
 * The same of `usageDetails`, whose keys count each token once: `input` and `input_cached_tokens` are two. Where `input` and `output`
 * make up the total, they hold the others.
 */
export function tokensOfDetails(given: unknown): Tokens {
  const details = unpacked(given);
  if (!isFields(details)) return {};
  const [input, output] = [numberOf(details['input']), numberOf(details['output'])];
  if (input !== undefined && output !== undefined && input + output === numberOf(details['total']))
    return { inputTokens: input, outputTokens: output };
  return { inputTokens: sumOf(details, 'input'), outputTokens: sumOf(details, 'output') };
}

/** The sum of all numbers whose names have this word in them. */
function sumOf(details: Fields, word: string): number | undefined {
  const counts = Object.entries(details).flatMap(([name, value]) => {
    const count = name.toLowerCase().includes(word) ? numberOf(value) : undefined;
    return count === undefined ? [] : [count];
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}
