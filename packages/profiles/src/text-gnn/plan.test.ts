import { syntheticProfileInput } from '@routeprofile/schema/testing';
import { expect, it } from 'vitest';
import { parseOptions } from '@routeprofile/schema';
import { fakeModel } from '../testing/language-model.js';
import { defineTextGnnProfile, planTextGnn } from './text-gnn-profile.js';

const ctx = { seed: 1 };

it('shows the prompts a build sends first, and how many there will be', async () => {
  const input = await syntheticProfileInput();
  const options = { summarizer: 'llm', hops: 3, model: 'toy', inputPrice: 1, outputPrice: 2 };
  const plan = await planTextGnn(input, options, ctx);
  const languageModel = fakeModel();
  const profile = defineTextGnnProfile({ languageModel });
  await profile.build(input, parseOptions(profile, { ...options, concurrency: 1 }), ctx);

  expect(plan.prompts.map(({ messages }) => messages[0]!.content)).toEqual(
    languageModel.prompts.filter(({ label }) => label.startsWith('hop 1')).map(({ text }) => text),
  );
  expect(plan.counts.filter(({ hop }) => hop === 2).map(({ type, prompts }) => [type, prompts])).toEqual([
    ['task', 3],
    ['domain', 1],
    ['family', 2],
    ['model', 4],
  ]);
  expect(plan).toMatchObject({ sends: true, model: 'toy', totals: { prompts: 30, completionTokens: 30 * 150 } });
  const { promptTokens, completionTokens, cost } = plan.totals;
  expect(promptTokens).toBe(plan.counts.reduce((sum, one) => sum + one.promptTokens, 0));
  expect(cost).toBeCloseTo((promptTokens + 2 * completionTokens) / 1e6, 12);
  expect(plan.atMost.promptTokens).toBeGreaterThan(promptTokens);
  expect(plan.atMost.completionTokens).toBe(30 * 500);
});

it('names the model of the environment, and no cost without prices', async () => {
  const input = await syntheticProfileInput();
  const plan = await planTextGnn(input, { summarizer: 'llm' }, ctx, { ROUTEPROFILE_LLM_MODEL: 'from the environment' });
  expect(plan.model).toBe('from the environment');
  expect(plan.totals.cost).toBeNull();
  expect((await planTextGnn(input, { summarizer: 'llm' }, ctx, {})).model).toBeNull();
});

it('says when nothing would be sent', async () => {
  const input = await syntheticProfileInput();
  expect(await planTextGnn(input, {}, ctx)).toMatchObject({ sends: false, summarizer: 'extractive', model: null });
  const none = await planTextGnn(input, { summarizer: 'llm', hops: 0 }, ctx);
  expect(none).toMatchObject({ sends: false, prompts: [], counts: [], totals: { prompts: 0, promptTokens: 0 } });
});

it('refuses what a build would refuse', async () => {
  const input = await syntheticProfileInput();
  await expect(planTextGnn(input, { hops: -1 }, ctx)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  await expect(planTextGnn(input, { summarizer: 'llm', promptTokens: 100 }, ctx)).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});

it('of the strategy names the model that the environment names, and what its answers depend on', async () => {
  const input = await syntheticProfileInput();
  const strategy = defineTextGnnProfile({ env: { ROUTEPROFILE_LLM_MODEL: 'from the environment' } });
  const options = parseOptions(strategy, { summarizer: 'llm' });
  expect((await strategy.plan!(input, options, ctx)).model).toBe('from the environment');
  expect(strategy.cacheKey!(options, { ROUTEPROFILE_LLM_MODEL: 'm', ROUTEPROFILE_LLM_API_KEY: 'secret' })).toEqual([
    'm',
    null,
    null,
  ]);
  expect(strategy.cacheKey!(parseOptions(strategy, {}), { ROUTEPROFILE_LLM_MODEL: 'm' })).toBeUndefined();
});
