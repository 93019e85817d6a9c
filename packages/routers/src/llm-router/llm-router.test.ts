import { type ChatModel, type ChatRequest, type RouterInput } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { choicePrompt, namedModel } from './ask.js';
import { defineLlmRouter, type LlmRouterCall } from './llm-router.js';

/** Answers from the prompt alone, without any network. */
function standIn(answer: (text: string) => string): ChatModel & { asked: ChatRequest[] } {
  const asked: ChatRequest[] = [];
  return {
    specVersion: 1,
    id: 'stand-in',
    asked,
    async complete(request) {
      asked.push(request);
      return {
        text: answer(request.messages.map(({ content }) => content).join('\n')),
        usage: { uncachedInput: 90, cacheRead: 10, cacheWrite: 0, output: 4 },
        estimated: false,
        truncated: false,
        attempts: 1,
      };
    },
  };
}

/** One of the listed models by the length of the prompt. */
const byLength = (text: string) => {
  const listed = [...text.matchAll(/^- ([^:]+): /gm)].map(([, model]) => model!);
  return listed[text.length % listed.length]!;
};
// It tells models of the same profile apart by their names.
const contracted = defineLlmRouter({ languageModel: standIn(byLength) });
describeRouterContract({ describe, it, expect }, contracted, { twinsTie: false });

const ctx = { seed: 3 };
const options = { descriptionCharacters: 20, queryCharacters: 30, concurrency: 2 };
const { input, queries } = syntheticRouterInput();
const described: RouterInput = {
  ...input,
  profiles: { ...input.profiles, texts: input.models.map((model) => `what is known of ${model}`) },
};

describe('an answer', () => {
  const models = ['gpt-4', 'gpt-4-turbo', 'meta/llama-2', 'llama-2', 'mini'];
  it.each([
    ['gpt-4', 'gpt-4'],
    ['**GPT-4-Turbo**.', 'gpt-4-turbo'],
    ['I choose `meta/llama-2` because it is cheap.', 'meta/llama-2'],
    ['llama-2', 'llama-2'],
    ['minimal effort', null],
    ['gpt-4 or mini', null],
    ['', null],
    ['gpt-4.5', null],
  ])('%s names %s', (answer, named) => expect(namedModel(answer, models)).toBe(named));

  it('names a model that another differs from in capitals only', () => {
    expect(namedModel('Mini', ['mini', 'Mini'])).toBe('Mini');
    expect(namedModel('MINI', ['mini', 'Mini'])).toBeNull();
  });
});

describe('llm-router', () => {
  it('reads texts of profiles, else cards, each cut, then the query', async () => {
    const model = standIn(byLength);
    const router = await defineLlmRouter({ languageModel: model }).fit(described, options, ctx);
    await router.decide({ texts: ['a query that is longer than thirty characters'] });
    expect(model.asked[0]!.messages).toEqual(
      choicePrompt(
        input.models.map((name) => ({ model: name, text: `what is known of ${name}` })),
        'a query that is longer than thirty characters',
        options,
      ),
    );
    const [system, user] = model.asked[0]!.messages.map(({ content }) => content);
    expect(system).toContain('- model-0: what is known of mod…');
    expect(user).toContain('a query that is longer than th\n');
    const cards = standIn(byLength);
    await (await defineLlmRouter({ languageModel: cards }).fit(input, options, ctx)).decide({ texts: ['q'] });
    expect(cards.asked[0]!.messages[0]!.content).toContain(`- model-1: ${input.cards[1]!.text.slice(0, 15)}`);
  });

  it('counts every call, and says what it took', async () => {
    const calls: LlmRouterCall[] = [];
    const strategy = defineLlmRouter({
      languageModel: standIn(() => 'model-2'),
      dollarsOf: ({ uncachedInput, output }) => (uncachedInput + 5 * output) / 1e6,
      onCall: (call) => calls.push(call),
    });
    const decisions = await (await strategy.fit(described, options, ctx)).decide(queries);
    expect(calls).toHaveLength(queries.texts.length);
    expect(calls[0]).toMatchObject({ named: 'model-2', cost: 110e-6 });
    expect(decisions[0]!.model).toBe('model-2');
    expect(decisions[0]!.reasons[0]!.text).toBe(
      'the language model named model-2 (100 tokens read, 4 written, $0.00011)',
    );
    expect(decisions[0]!.ranked).toHaveLength(4);
  });

  it('falls back to the best single model, and says how often', async () => {
    const warnings: string[] = [];
    const logger = { info: () => undefined, warn: (text: string) => warnings.push(text) };
    const outcomes = { ...input.training.outcomes! };
    outcomes.score = outcomes.score.map((_, k) => Number(k % 4 === 1));
    const learned = { ...described, training: { ...input.training, outcomes } };
    const strategy = defineLlmRouter({
      languageModel: standIn((text) => (text.includes('known') ? 'model-3' : 'whichever you like')),
    });
    const router = await strategy.fit(learned, options, ctx);
    const decisions = await router.decide({ texts: ['an unknown one', 'known'] }, { ...ctx, logger });
    expect(decisions.map(({ model }) => model)).toEqual(['model-3', 'model-3']);
    const silent = defineLlmRouter({ languageModel: standIn(() => 'whichever you like') });
    const [decision] = await (
      await silent.load(await router.save(), { ...ctx, logger })
    ).decide({ texts: ['q'] }, { ...ctx, logger });
    expect(decision!.model).toBe('model-1');
    expect(decision!.reasons[0]!.text).toMatch(/named none .*: "whichever you like"; model-1, the best single model/);
    expect(warnings).toEqual([expect.stringMatching(/^llm-router: 1 of 1 answers named no candidate/)]);
  });

  it('says when another language model is asked than it was fitted with, and refuses damaged files', async () => {
    const strategy = defineLlmRouter({ languageModel: standIn(byLength) });
    const artifact = await (await strategy.fit(described, options, ctx)).save();
    const warnings: string[] = [];
    const logger = { info: () => undefined, warn: (text: string) => warnings.push(text) };
    await defineLlmRouter({ languageModel: { ...standIn(byLength), id: 'other' } }).load(artifact, { ...ctx, logger });
    expect(warnings).toEqual(['llm-router: it was fitted with stand-in; now other is asked']);
    const { manifest } = artifact;
    const damaged = { manifest: { ...manifest, models: ['a', 'b', 'c', 'd'] }, weights: {} };
    await expect(strategy.load(damaged, ctx)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });
});
