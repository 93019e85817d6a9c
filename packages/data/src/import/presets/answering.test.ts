import { expect, it } from 'vitest';
import { answering } from './answering.js';

it.each<[asked: unknown, answered: unknown, model: string | undefined]>([
  ['gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o'],
  ['gpt-4-1106-preview', 'gpt-4', 'gpt-4-1106-preview'],
  ['openai/gpt-3.5-turbo', 'gpt-3.5-turbo-0125', 'openai/gpt-3.5-turbo'],
  ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet-20241022', 'claude-3-5-sonnet-latest'],
  ['anthropic/claude-3.5-sonnet', 'claude-3-5-sonnet-20240620', 'anthropic/claude-3.5-sonnet'],
  [
    'anthropic.claude-3-5-sonnet-20240620-v1:0',
    'claude-3-5-sonnet-20240620',
    'anthropic.claude-3-5-sonnet-20240620-v1:0',
  ],
  ['a', undefined, 'a'],
  [undefined, 'a', 'a'],
  ['', 7, undefined],
])('a snapshot keeps the name that was asked for: %s, %s → %s', (asked, answered, model) => {
  expect(answering(asked, answered)).toEqual({ model });
});

it.each([
  ['openrouter/auto', 'gpt-4o-mini-2024-07-18', /^A router was asked by its name/],
  ['auto', 'gpt-4o', /^A router/],
  ['acme-auto', 'gpt-4o', /^A router/],
  ['routeprofile/knn', 'small', /^A router/],
  ['gpt-4o', 'gpt-4o-mini', /^Another model answered/],
  ['gpt-4', 'gpt-4.1', /^Another/],
  ['my-deployment', 'gpt-4o', /^Another/],
  ['llama-3-8b', 'deepseek-r1-distill-llama-3-8b', /^Another/],
])('another model that answers counts, and that is said: %s, %s', (asked, answered, said) => {
  expect(answering(asked, answered)).toEqual({
    model: answered,
    notes: { model: expect.stringMatching(said) as string },
  });
});
