import { expect, it } from 'vitest';
import { tokensOf, tokensOfDetails } from './usage.js';

it.each<[string, object, (number | undefined)[]]>([
  [
    'OpenAI: cached tokens are inside',
    { prompt_tokens: 1000, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 900 } },
    [1000, 5],
  ],
  [
    'Responses: cached tokens are inside',
    { input_tokens: 100, input_tokens_details: { cached_tokens: 80 }, output_tokens: 9, total_tokens: 109 },
    [100, 9],
  ],
  [
    'xAI: reasoning is beside, as the total tells',
    { prompt_tokens: 32, completion_tokens: 9, total_tokens: 135, completion_tokens_details: { reasoning_tokens: 94 } },
    [32, 103],
  ],
  [
    'OpenAI: reasoning is inside',
    {
      prompt_tokens: 32,
      completion_tokens: 99,
      total_tokens: 131,
      completion_tokens_details: { reasoning_tokens: 94 },
    },
    [32, 99],
  ],
  [
    'Anthropic: the cache is beside',
    { input_tokens: 3, cache_read_input_tokens: 1000, cache_creation_input_tokens: 20, output_tokens: 9 },
    [1023, 9],
  ],
  [
    'Anthropic by a gateway: the cache is inside',
    { prompt_tokens: 1023, completion_tokens: 9, cache_read_input_tokens: 1000 },
    [1023, 9],
  ],
  [
    'Inspect with Anthropic',
    {
      input_tokens: 3,
      output_tokens: 20,
      total_tokens: 1023,
      input_tokens_cache_read: 1000,
      input_tokens_cache_write: 0,
    },
    [1003, 20],
  ],
  [
    'Inspect with OpenAI',
    { input_tokens: 1000, output_tokens: 20, total_tokens: 1020, input_tokens_cache_read: 900 },
    [1000, 20],
  ],
  ['Bedrock', { inputTokens: 3, outputTokens: 5, totalTokens: 108, cacheReadInputTokens: 100 }, [103, 5]],
  [
    'Gemini: thoughts are beside',
    { promptTokenCount: 8, candidatesTokenCount: 5, thoughtsTokenCount: 20, totalTokenCount: 33 },
    [8, 25],
  ],
  ['texts of a table', { prompt_tokens: '20', completion_tokens: '5' }, [20, 5]],
  ['nothing', {}, [undefined, undefined]],
])('counts each token once: %s', (_, usage, expected) => {
  const { inputTokens, outputTokens } = tokensOf(usage);
  expect([inputTokens, outputTokens]).toEqual(expected);
});

it.each<[object, (number | undefined)[]]>([
  [{ input: 3, cache_read_input_tokens: 1000, output: 9, total: 1012 }, [1003, 9]],
  [{ input: 100, input_cached_tokens: 900, output: 5, output_reasoning_tokens: 20 }, [1000, 25]],
  [{ input: 1000, input_cached_tokens: 900, output: 5, total: 1005 }, [1000, 5]],
  [{ output: 5 }, [undefined, 5]],
])('adds up what usage details tell apart: %j', (details, expected) => {
  const { inputTokens, outputTokens } = tokensOfDetails(details);
  expect([inputTokens, outputTokens]).toEqual(expected);
});
