import { emptyOutcomes, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { builtInRouters } from '../built-in.js';
import { fitEstimates } from '../estimates/estimates.js';
import { bestSingleRouter } from './best-single.js';

const { input } = syntheticRouterInput({ models: 3, queries: 30 });
/** The same queries, scores on a scale of `size`. */
function scaled(size: number) {
  const outcomes = emptyOutcomes(30, 3);
  outcomes.score.forEach((_, k) => (outcomes.score[k] = size * ((k * 7) % 5)));
  return { ...input, training: { ...input.training, pairs: [], outcomes } };
}
/** These read the order of outcomes alone, or none. */
const BY_ORDER = ['sim', 'mlp', 'graph'];
const strategies = [bestSingleRouter, ...builtInRouters].filter(({ name }) => !BY_ORDER.includes(name));

describe.each(strategies)('$name with outcomes out of all proportion', (strategy) => {
  it('names the first that is too large, while it is trained', async () => {
    const options = strategy.options.parse({});
    for (const size of [1e40, -1e40, 1e300, Infinity])
      await expect(strategy.fit(scaled(size), options, { seed: 1 })).rejects.toMatchObject({
        code: 'NOT_FINITE',
        message: expect.stringMatching(/score of 'model-\d' on training query/) as unknown,
      });
  });
});

describe('expected costs', () => {
  it('are refused where they, or tokens at their price, are out of all proportion', () => {
    const dear = scaled(1);
    dear.training.outcomes.cost[4] = 1e300;
    expect(() => fitEstimates(dear, {}, { seed: 1 })).toThrow(/cost in dollars of 'model-1' .* is 1e\+300/);
    const tokens = scaled(1);
    tokens.training.outcomes.inputTokens.fill(1e200);
    tokens.training.outcomes.outputTokens.fill(1);
    const candidates = input.candidates.map((candidate) => ({ ...candidate, price: { input: 1e200, output: 1 } }));
    expect(() => fitEstimates({ ...tokens, candidates }, {}, { seed: 1 })).toThrow(/cost in dollars of 'model-0'/);
  });
});
