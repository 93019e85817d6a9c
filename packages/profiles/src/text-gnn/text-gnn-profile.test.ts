import { parseOptions, rowOf, type ProfileInput, type RunContext } from '@routeprofile/schema';
import { describeProfileContract, syntheticProfileInput, toyEncoder } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { fakeModel, memoryStore } from '../testing/language-model.js';
import { readHopTexts } from './hops.js';
import { defineTextGnnProfile, textGnnProfile } from './text-gnn-profile.js';

const runner = { describe, it, expect };
describeProfileContract(runner, textGnnProfile);
describeProfileContract(runner, textGnnProfile, { options: { hops: 4 } });
describeProfileContract(runner, textGnnProfile, { options: { hops: 0 } });
describeProfileContract(runner, textGnnProfile, { options: { compat: true } });
describeProfileContract(runner, defineTextGnnProfile({ languageModel: fakeModel() }), {
  options: { summarizer: 'llm', hops: 3 },
});

const build = async (
  options: Record<string, unknown>,
  { input, ctx, model }: { input?: ProfileInput; ctx?: Partial<RunContext>; model?: ReturnType<typeof fakeModel> } = {},
) => {
  const profile = defineTextGnnProfile({ languageModel: model ?? fakeModel() });
  return profile.build(input ?? (await syntheticProfileInput()), parseOptions(profile, options), { seed: 1, ...ctx });
};
/** Models 1 … n on one task. */
async function manyModels(count: number): Promise<ProfileInput> {
  const base = await syntheticProfileInput();
  const names = Array.from({ length: count }, (_, m) => `m${m}`);
  const graph = {
    ...base.graph,
    nodes: [{ type: 'model' as const, names, texts: names.map((name) => `card of ${name}`) }],
    relations: [],
  };
  return { ...base, models: names, cards: [], graph, features: undefined };
}

describe('text-gnn, extractive', () => {
  it('says what a model is, where it is strong and weak, and whose sentences it quotes', async () => {
    const { texts, provenance } = await build({ hops: 2 });
    expect(texts?.[0]).toMatch(
      /^alpha: a quick model Of 2 measured tasks it is strongest on arithmetic \(80, best of 2\), weakest on code \(20, last of 2\)\. /,
    );
    expect(texts?.[0]).toContain('Task arithmetic: sums and products');
    expect(texts?.[0]).toContain('Family north: models of the north');
    expect(provenance.notes).toContainEqual(expect.stringMatching(/extractive.*no language model/));
  });

  it('quotes no other model, and not the tasks a model is bad at', async () => {
    for (const hops of [1, 2, 3, 4]) {
      const { texts } = await build({ hops, words: 1_000 });
      expect(texts?.[0]).not.toMatch(/careful model|knows history|old model|of the south/);
      expect(texts?.[0]).not.toContain('functions and loops');
    }
  });

  it('reaches further with every hop', async () => {
    const has = async (hops: number) => (await build({ hops, words: 1_000 })).texts?.[0]?.includes('“2 + 2?”');
    expect([await has(1), await has(2)]).toEqual([false, true]);
  });

  it('stays within its words and repeats no sentence', async () => {
    for (const words of [20, 60, 200]) {
      const { texts } = await build({ hops: 3, words });
      for (const text of texts ?? []) expect(text.split(' ').length).toBeLessThanOrEqual(words);
    }
    const { texts } = await build({ hops: 4, words: 1_000 });
    expect(texts?.[0]?.split('sums and products')).toHaveLength(2);
  });

  it('sends nothing and stores nothing but the hop texts', async () => {
    const model = fakeModel();
    const store = memoryStore();
    const { provenance } = await build({ hops: 1 }, { model, ctx: { store } });
    expect(model.prompts).toEqual([]);
    expect(store.values.size).toBe(1);
    const texts = await readHopTexts(store, provenance);
    expect(texts).toHaveLength(2);
    expect(texts?.[0]?.['model']?.['alpha']).toBe('a quick model');
    expect(Object.keys(texts?.[1] ?? {})).toEqual(['task', 'domain', 'family', 'model']);
  });
});

describe('text-gnn with a language model', () => {
  it('asks for every node at every hop, and shows only what the hop before wrote', async () => {
    const model = fakeModel();
    const { texts } = await build({ summarizer: 'llm', hops: 2, concurrency: 1 }, { model });
    const labels = model.prompts.map(({ label }) => label.replace(/ \w+$/, ''));
    const hop = (h: number) => [
      ...Array<string>(3).fill(`hop ${h}: task`),
      `hop ${h}: domain`,
      ...Array<string>(2).fill(`hop ${h}: family`),
      ...Array<string>(4).fill(`hop ${h}: model`),
    ];
    expect(labels).toEqual([...hop(1), ...hop(2)]);
    const second = model.prompts.filter(({ label }) => label.startsWith('hop 2')).map(({ text }) => text);
    for (const original of ['a quick model', 'sums and products', 'models of the north', 'what one can look up'])
      expect(second.some((text) => text.includes(original))).toBe(false);
    expect(second.every((text) => text.includes('[answer '))).toBe(true);
    expect(texts?.[0]).toMatch(/^\[answer \w+\] about alpha$/);
  });

  it('asks as many at a time as it may', async () => {
    for (const concurrency of [1, 3]) {
      const model = fakeModel();
      let [running, most] = [0, 0];
      const complete: typeof model.complete = async (...asked) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve));
        running--;
        return model.complete(...asked);
      };
      await build({ summarizer: 'llm', hops: 1, concurrency }, { model: { ...model, complete } });
      expect(most).toBe(concurrency);
    }
  });

  it('tells the name of the model, except as published', async () => {
    const seen = async (options: Record<string, unknown>) => {
      const model = fakeModel();
      await build({ summarizer: 'llm', hops: 1, ...options }, { model });
      return model.prompts.find(({ label }) => label.includes('alpha'))!.text;
    };
    expect(await seen({})).toContain('Model: alpha');
    expect(await seen({ compat: true })).not.toContain('alpha');
    expect(await seen({ compat: true })).toContain('Model: this model');
  });

  it('keeps the texts of all nodes after all hops', async () => {
    const store = memoryStore();
    const set = await build({ summarizer: 'llm', hops: 2 }, { ctx: { store } });
    const texts = await readHopTexts(store, set.provenance);
    expect(texts?.map((hop) => Object.values(hop).flatMap(Object.keys).length)).toEqual([10, 10, 10]);
    expect(texts?.[2]?.['model']?.['alpha']).toBe(set.texts?.[0]);
    expect(await readHopTexts(memoryStore(), set.provenance)).toBeUndefined();
  });

  it('takes prompts of one’s own, and names a wrong placeholder', async () => {
    const model = fakeModel();
    await build(
      { summarizer: 'llm', hops: 1, system: 'You are brief.', templates: { model: 'Sum up {{name}}: {{tasks}}' } },
      { model },
    );
    const { text } = model.prompts.find(({ label }) => label.endsWith('alpha'))!;
    expect(text).toMatch(/^You are brief\.\nSum up alpha: Results on tasks \(strongest first/);
    await expect(build({ summarizer: 'llm', templates: { task: '{{nome}}' } })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('templates.task: unknown placeholder {{nome}}') as string,
    });
  });

  it('adds up tokens and dollars, and says so', async () => {
    const { provenance } = await build({
      summarizer: 'llm',
      hops: 2,
      inputPrice: 3,
      outputPrice: 10,
      promptTokens: 215,
    });
    expect(provenance.diagnostics).toMatchObject({
      llmPrompts: 20,
      llmPromptTokens: 2_000,
      llmCompletionTokens: 400,
      llmCost: 0.01,
    });
    expect(provenance.notes?.[0]).toBe(
      'texts written by fake: 20 prompts, 2000 tokens read, 400 written, 0.0100 dollars',
    );
    expect(provenance.notes?.[1]).toMatch(/^\d+ prompts were shortened to 215 tokens/);
  });

  it('asks nobody for no hops', async () => {
    const model = fakeModel();
    const { texts } = await build({ summarizer: 'llm', hops: 0 }, { model });
    expect(model.prompts).toEqual([]);
    expect(texts).toEqual(['a quick model', 'a careful model for code', 'a model that knows history']);
  });

  it('refuses options that are for the other summarizer, secrets in addresses, and contradictions', async () => {
    for (const options of [
      { model: 'gpt' },
      { baseUrl: 'http://host/v1' },
      { summarizer: 'llm', baseUrl: 'http://me:secret@host/v1' },
      { summarizer: 'llm', baseUrl: 'http://host/v1?key=secret' },
      { compat: true, names: true },
    ])
      await expect(build(options)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });
});

describe('final encoding', () => {
  it.each([1, 8, 9, 17, 25])('gives %d models a vector each', async (count) => {
    const input = await manyModels(count);
    const { vectors, texts } = await build({ hops: 1 }, { input });
    expect([vectors.rows, vectors.cols]).toEqual([count, 16]);
    const alone = await toyEncoder().encode([texts![count - 1]!]);
    expect([...rowOf(vectors, count - 1)].every((x, d) => Math.abs(x - alone.data[d]!) < 1e-6)).toBe(true);
  });
});
