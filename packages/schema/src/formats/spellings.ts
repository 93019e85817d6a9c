import type { z } from 'zod';

/** A common name of a field that our files call otherwise. */
export interface Spelling {
  /** Our name. */
  field: string;
  /** What a number is multiplied by to have our unit. */
  factor: number;
}

/** Other names, by what they stand for; a number before the names is the factor to our unit. */
const spellings = (table: Record<string, readonly (string | readonly [factor: number, ...names: string[]])[]>) => {
  const out = new Map<string, Spelling>();
  for (const [field, entries] of Object.entries(table))
    for (const entry of entries) {
      const [factor, ...names] = typeof entry === 'string' ? ([1, entry] as const) : entry;
      for (const name of names) out.set(name, { field, factor });
    }
  return out as ReadonlyMap<string, Spelling>;
};

/** Other names of an outcome's fields, as tools export them: dollars per call, tokens, seconds or milliseconds. */
export const OUTCOME_SPELLINGS = spellings({
  cost: ['costs', 'cost_usd', 'costUsd', 'costUSD', 'usd', 'total_cost', 'totalCost', 'spend'],
  inputTokens: ['input_tokens', 'prompt_tokens', 'promptTokens', 'inputTokenCount', 'tokens_in'],
  outputTokens: ['output_tokens', 'completion_tokens', 'completionTokens', 'outputTokenCount', 'tokens_out'],
  latency: [
    'latency_s',
    'latency_seconds',
    'latencySeconds',
    'duration_s',
    'duration_seconds',
    [1e-3, 'latency_ms', 'latencyMs', 'duration_ms', 'durationMs', 'delay_ms'],
  ],
});

/** Other names of a card's fields: texts, dollars per million tokens (or per token), tokens. */
export const CARD_SPELLINGS = spellings({
  feature: ['description', 'text'],
  architecture: ['family', 'model_family'],
  detailed_scores: ['scores', 'detailedScores'],
  input_price: ['inputPrice', 'price_in', 'prompt_price', [1e6, 'input_cost_per_token']],
  output_price: ['outputPrice', 'price_out', 'completion_price', [1e6, 'output_cost_per_token']],
  cached_input_price: ['cachedInputPrice', [1e6, 'cache_read_input_token_cost']],
  cache_write_price: ['cacheWritePrice', [1e6, 'cache_creation_input_token_cost']],
  context_tokens: ['contextTokens', 'context_length', 'contextLength', 'context_window', 'contextWindow'],
  max_output_tokens: ['maxOutputTokens', 'max_completion_tokens'],
});

/** A factor is a power of ten, which no binary fraction is: without its last digit the product is the number one would write. */
const DIGITS = 15;

/** A field's value in our unit. */
export const inOurUnit = (value: unknown, { factor }: Spelling): unknown =>
  typeof value === 'number' && factor !== 1 ? Number((value * factor).toPrecision(DIGITS)) : value;

/** What is wrong with values under other names, by the schemas of the fields they stand for; paths have the file's names. */
export function spellingIssues(
  record: Readonly<Record<string, unknown>>,
  names: ReadonlyMap<string, Spelling>,
  shape: Readonly<Record<string, z.ZodType>>,
): z.core.$ZodRawIssue[] {
  return Object.keys(record).flatMap((name) => {
    const spelling = names.get(name);
    const schema = spelling && shape[spelling.field];
    if (schema === undefined) return [];
    const { error } = schema.safeParse(inOurUnit(record[name], spelling!), { reportInput: true });
    return (error?.issues ?? []).map((issue): z.core.$ZodRawIssue => {
      const path = [name, ...issue.path];
      return issue.code === 'invalid_type'
        ? { code: issue.code, expected: issue.expected, input: issue.input, path }
        : { code: 'custom', message: issue.message, input: issue.input, path };
    });
  });
}
