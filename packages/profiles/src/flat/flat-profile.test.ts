import { describe, expect, it } from 'vitest';
import { parseOptions, rowOf } from '@routeprofile/schema';
import { describeProfileContract, syntheticProfileInput, toyEncoder } from '@routeprofile/schema/testing';
import { graphOf } from '../testing/toy.js';
import { flatProfile } from './flat-profile.js';

const runner = { describe, it, expect };
describeProfileContract(runner, flatProfile);
describeProfileContract(runner, flatProfile, { options: { encode: 'joined', names: false } });
describeProfileContract(runner, flatProfile, { options: { sample: 'independent' } });
describeProfileContract(runner, flatProfile, { options: { compat: true }, orderIndependent: false });

const build = async (options: Record<string, unknown>, models?: string[], seed = 42) => {
  const input = await syntheticProfileInput();
  return flatProfile.build({ ...input, models: models ?? input.models }, parseOptions(flatProfile, options), { seed });
};

describe('flat', () => {
  it("is made of the model's own card, family, tasks with scores, domains and queries", async () => {
    const { texts } = await build({});
    expect(texts?.[0]?.split('\n')).toEqual([
      '[MODEL] alpha: a quick model',
      '[ARCHITECTURE] north: models of the north',
      '[DATASET] arithmetic (score 80): sums and products',
      '[DATASET] code (score 20): functions and loops',
      expect.stringMatching(/^\[QUERY\] (2 \+ 2\?|3 times 7\?)$/),
      expect.stringMatching(/^\[QUERY\] (write a loop|reverse a list)$/),
    ]);
    expect(texts?.[2]).toContain('[DOMAIN] knowledge: what one can look up');
  });

  it('takes the tasks on which a model stands highest', async () => {
    const { texts } = await build({ topK: 1 });
    expect(texts?.map((text) => /\[DATASET\] (\w+)/.exec(text)?.[1])).toEqual(['arithmetic', 'code', 'history']);
  });

  it('each repair is an option', async () => {
    const texts = async (options: Record<string, unknown>) => (await build(options)).texts?.[0] ?? '';
    expect(await texts({ names: false })).toContain(
      '[MODEL] a quick model\n[ARCHITECTURE] models of the north\n[DATASET] (score 80): sums',
    );
    expect(await texts({ scores: false })).not.toContain('score');
    const vectors = async (options: Record<string, unknown>) => (await build(options)).vectors;
    expect(await vectors({ encode: 'joined' })).not.toEqual(await vectors({}));
  });

  it('gives a model the same text whichever others are asked for, except as published', async () => {
    const text = async (options: Record<string, unknown>, models: string[]) => {
      const { texts } = await build(options, models);
      return texts?.[models.indexOf('gamma')];
    };
    for (const sample of ['neighbours', 'independent'])
      expect(await text({ sample }, ['gamma'])).toBe(await text({ sample }, ['alpha', 'beta', 'gamma']));
    expect(await text({ compat: true }, ['gamma'])).not.toBe(await text({ compat: true }, ['alpha', 'beta', 'gamma']));
  });

  it('a model nobody knows anything of has its card', async () => {
    const graph = graphOf({ model: 2, task: 1 }, { model__task: [[0, 0, 5]] });
    const { texts, vectors } = await flatProfile.build(
      { models: ['model 1', 'model 0'], cards: [], graph, encoder: toyEncoder() },
      parseOptions(flatProfile, {}),
      { seed: 0 },
    );
    expect(texts).toEqual([
      '[MODEL] model 1: text of model 1',
      '[MODEL] model 0: text of model 0\n[DATASET] task 0 (score 5): text of task 0',
    ]);
    expect(Math.hypot(...rowOf(vectors, 0))).toBeCloseTo(1, 6);
  });

  it('takes queries that hang on models', async () => {
    const graph = graphOf({ model: 1, query: 9 }, { query__model: Array.from({ length: 9 }, (_, q) => [q, 0]) });
    const input = { models: ['model 0'], cards: [], graph, encoder: toyEncoder() };
    const { texts } = await flatProfile.build(input, parseOptions(flatProfile, { topK: 4 }), { seed: 0 });
    expect(texts?.[0]?.match(/\[QUERY\]/g)).toHaveLength(4);
  });

  it('refuses options that contradict compat', () => {
    expect(() => parseOptions(flatProfile, { compat: true, encode: 'segments' })).toThrow(
      /compat: true means encode=joined/,
    );
  });

  it('under compat draws what the published code draws', async () => {
    const graph = graphOf({ family: 5, model: 2, task: 29 }, { family__model: [[0, 0]] });
    const input = { models: ['model 1', 'model 0'], cards: [], graph, encoder: toyEncoder() };
    const { texts } = await flatProfile.build(input, parseOptions(flatProfile, { compat: true }), { seed: 42 });
    const expected = (model: number, families: number[], tasks: number[]) =>
      [
        `[MODEL] text of model ${model}`,
        ...families.map((i) => `[ARCHITECTURE] text of family ${i}`),
        ...tasks.map((i) => `[DATASET] text of task ${i}`),
      ].join('\n');
    expect(texts).toEqual([
      expected(1, [4, 0, 2, 1, 3], [0, 2, 6, 7, 16]),
      expected(0, [0, 4, 2, 1, 3], [7, 4, 23, 3, 21]),
    ]);
  });
});
