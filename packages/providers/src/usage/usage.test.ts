import fc from 'fast-check';
import type { Price, Usage } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { costOf, addUsage, inputTokens, NO_USAGE, readUsage, type Wire, estimateUsage } from './usage.js';

const usage = (
  uncachedInput: number,
  cacheRead: number,
  cacheWrite: number,
  output: number,
  reasoning?: number,
): Usage => ({
  uncachedInput,
  cacheRead,
  cacheWrite,
  output,
  ...(reasoning !== undefined && { reasoning }),
});

describe('usage', () => {
  it.each<[string, Wire, unknown, Usage]>([
    ['chat: plain', 'chat', { prompt_tokens: 50, completion_tokens: 10, total_tokens: 60 }, usage(50, 0, 0, 10)],
    [
      'chat: cached tokens are inside the prompt, reasoning inside the completion',
      'chat',
      {
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 256, accepted_prediction_tokens: 0 },
      },
      usage(86, 1920, 0, 300, 256),
    ],
    [
      'chat by OpenRouter: cache writes are inside the prompt too',
      'chat',
      {
        prompt_tokens: 194,
        completion_tokens: 2,
        total_tokens: 196,
        cost: 0.95,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 100, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
      usage(54, 40, 100, 2, 0),
    ],
    [
      'chat by DeepSeek: hits and misses make up the prompt',
      'chat',
      { prompt_tokens: 100, completion_tokens: 7, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      usage(36, 64, 0, 7),
    ],
    [
      'chat by xAI: reasoning is beside the completion, as the total tells',
      'chat',
      {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 135,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
      usage(32, 0, 0, 103, 94),
    ],
    [
      'chat: details that are null',
      'chat',
      { prompt_tokens: 5, completion_tokens: 6, prompt_tokens_details: null, completion_tokens_details: null },
      usage(5, 0, 0, 6),
    ],
    [
      'responses: cached tokens are inside the input, reasoning inside the output',
      'responses',
      {
        input_tokens: 500,
        input_tokens_details: { cached_tokens: 384 },
        output_tokens: 90,
        output_tokens_details: { reasoning_tokens: 64 },
        total_tokens: 590,
      },
      usage(116, 384, 0, 90, 64),
    ],
    [
      'messages: what the cache gave and took lies beside the input',
      'messages',
      {
        input_tokens: 21,
        cache_creation_input_tokens: 1800,
        cache_read_input_tokens: 18_000,
        output_tokens: 393,
        cache_creation: { ephemeral_5m_input_tokens: 1800, ephemeral_1h_input_tokens: 0 },
      },
      usage(21, 18_000, 1800, 393),
    ],
    [
      'messages: without a cache',
      'messages',
      { input_tokens: 12, cache_creation_input_tokens: null, output_tokens: 3 },
      usage(12, 0, 0, 3),
    ],
    ['embeddings', 'embeddings', { prompt_tokens: 8, total_tokens: 8 }, usage(8, 0, 0, 0)],
    ['chat: counts in quotes', 'chat', { prompt_tokens: '8', completion_tokens: '3' }, usage(8, 0, 0, 3)],
    ['embeddings: a total alone', 'embeddings', { total_tokens: 8 }, usage(8, 0, 0, 0)],
  ])('%s', (_, wire, given, expected) => {
    expect(readUsage(wire, given)).toEqual(expected);
  });

  it.each<[Wire, Record<string, unknown>]>([
    ['chat', { total_tokens: '2000' }],
    ['chat', { prompt_tokens_details: [] }],
    ['chat', { prompt_tokens_details: { cached_tokens: -1 } }],
    ['chat', { completion_tokens_details: 'none' }],
    ['chat', { completion_tokens_details: { reasoning_tokens: 'five' } }],
    ['chat', { prompt_cache_hit_tokens: 'x' }],
    ['messages', { cache_read_input_tokens: 'one' }],
  ])('of %s keeps its counts beside an odd one: %j', (wire, odd) => {
    const counts =
      wire === 'chat' ? { prompt_tokens: 10, completion_tokens: 5 } : { input_tokens: 10, output_tokens: 5 };
    expect(readUsage(wire, { ...counts, ...odd })).toEqual({ ...NO_USAGE, uncachedInput: 10, output: 5 });
  });

  it('takes no more out of the input than there is', () => {
    const given = { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 12 } };
    expect(readUsage('chat', given)).toEqual(usage(0, 10, 0, 1));
  });

  it.each<[Wire, unknown]>([
    ['chat', undefined],
    ['chat', null],
    ['chat', { prompt_tokens: 5 }],
    ['chat', { prompt_tokens: -5, completion_tokens: 1 }],
    ['chat', { prompt_tokens: 'five', completion_tokens: 1 }],
    ['chat', { input_tokens: 5, output_tokens: 1 }],
    ['responses', { prompt_tokens: 5, completion_tokens: 1 }],
    ['messages', { input_tokens: 5 }],
    ['embeddings', {}],
  ])('is unknown for %s %j', (wire, given) => {
    expect(readUsage(wire, given)).toBeUndefined();
  });

  it('counts each token once on the wires that count cached ones inside', () => {
    const tokens = fc.nat(10_000);
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (input, read, written, output) => {
        const found = readUsage('responses', {
          input_tokens: input,
          output_tokens: output,
          input_tokens_details: { cached_tokens: read, cache_write_tokens: written },
        })!;
        const parts = [found.uncachedInput, found.cacheRead, found.cacheWrite];
        return inputTokens(found) === input && found.output === output && parts.every((part) => part >= 0);
      }),
    );
  });

  it('adds up, and knows reasoning where one call does', () => {
    expect(addUsage(usage(1, 2, 3, 4), usage(10, 20, 30, 40))).toEqual(usage(11, 22, 33, 44));
    expect(addUsage(usage(1, 2, 3, 4, 1), NO_USAGE)).toEqual(usage(1, 2, 3, 4, 1));
  });

  it('is estimated from the texts where a server is silent', () => {
    expect(estimateUsage([{ role: 'user', content: 'four words are here' }], 'A text.')).toEqual(usage(13, 0, 0, 2));
  });
});

describe('cost', () => {
  it('is refused where a price or a count is missing, instead of being NaN', () => {
    expect(() => costOf(NO_USAGE, JSON.parse('{"input": 1}') as Price)).toThrow('a price is missing');
  });

  it('is dollars by price per million tokens, cached input at its own price', () => {
    const price = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 };
    expect(costOf(usage(1_000_000, 0, 0, 0), price)).toBe(3);
    expect(costOf(usage(0, 1_000_000, 0, 0), price)).toBe(0.3);
    expect(costOf(usage(0, 0, 1_000_000, 0), price)).toBe(3.75);
    expect(costOf(usage(0, 0, 0, 1_000_000, 900_000), price)).toBe(15);
    expect(costOf(usage(1000, 18_000, 1800, 400), price)).toBeCloseTo(0.02115, 12);
  });

  it('counts cached input like any other where the price does not tell it apart', () => {
    expect(costOf(usage(100, 200, 300, 400), { input: 3, output: 10 })).toBe((600 * 3 + 400 * 10) / 1e6);
  });
});
