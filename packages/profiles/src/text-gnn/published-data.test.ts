import { join } from 'node:path';
import { loadDataset } from '@routeprofile/data';
import { createHashEncoder } from '@routeprofile/encoders';
import { buildGraph, encodeNodes, toHetero } from '@routeprofile/graph';
import { parseOptions, type Encoder, type ProfileInput } from '@routeprofile/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeModel, memoryStore } from '../testing/language-model.js';
import { readHopTexts } from './hops.js';
import { defineTextGnnProfile, planTextGnn } from './text-gnn-profile.js';

const data = process.env['ROUTEPROFILE_DATA'];
const ctx = { seed: 42 };

describe.runIf(data)('text-gnn on the published data, graph query-task-domain', () => {
  let input: ProfileInput;
  beforeAll(async () => {
    const folder = join(data!, 'routeprofile');
    const dataset = await loadDataset(folder, { test: join(folder, 'route_data/routing_dev_data.json') });
    const graph = toHetero(buildGraph(dataset, { preset: 'query-task-domain' }));
    const encoder = createHashEncoder({ dimensions: 64 });
    const features = await encodeNodes(graph, encoder, ctx);
    input = { models: dataset.candidates.map(({ id }) => id), cards: dataset.cards, graph, features, encoder };
  });
  const build = async (options: Record<string, unknown>, encoder: Encoder = input.encoder) => {
    const model = fakeModel();
    const store = memoryStore();
    const profile = defineTextGnnProfile({ languageModel: model });
    const given = parseOptions(profile, { summarizer: 'llm', concurrency: 1, promptTokens: 100_000, ...options });
    return { set: await profile.build({ ...input, encoder }, given, { ...ctx, store }), model, store };
  };
  const hopsOf = (prompts: readonly { label: string; text: string }[]) => {
    const byHop = new Map<string, { types: Record<string, number>; texts: string[] }>();
    for (const { label, text } of prompts) {
      const [, hop = '', type = ''] = /^hop (\d+): (\w+) /.exec(label) ?? [];
      const one = byHop.get(hop) ?? { types: {}, texts: [] };
      byHop.set(hop, one);
      one.types[type] = (one.types[type] ?? 0) + 1;
      one.texts.push(text);
    }
    return [...byHop.values()];
  };
  const BATCHES = { task: 29, domain: 6, family: 5, model: 24 };

  it.each([false, true])(
    'asks 29, 6, 5 and 24 prompts a hop, later ones of earlier answers only (compat %s)',
    async (compat) => {
      const { set, model, store } = await build({ hops: 3, compat });
      const hops = hopsOf(model.prompts);
      expect(hops.map(({ types }) => types)).toEqual([BATCHES, BATCHES, BATCHES]);
      expect(Object.keys(hops[0]!.types)).toEqual(['task', 'domain', 'family', 'model']);

      const originals = input.graph.nodes.filter(({ type }) => type !== 'query').flatMap(({ texts }) => texts);
      const flat = (text: string) => text.replace(/\s+/g, ' ');
      for (const { texts } of hops.slice(1))
        for (const text of texts) {
          expect(text).toContain('[answer ');
          expect(originals.filter((original) => flat(text).includes(flat(original)))).toEqual([]);
        }
      const kept = await readHopTexts(store, set.provenance);
      expect(kept).toHaveLength(4);
      expect(Object.values(kept![0]!).flatMap(Object.values)).toHaveLength(64);
      expect(new Set(Object.values(kept![0]!).flatMap(Object.values))).toEqual(new Set(originals));
    },
  );

  it('encodes 64 texts a hop as published', async () => {
    const calls: number[] = [];
    const spy: Encoder = {
      ...input.encoder,
      encode: (texts, context) => {
        calls.push(texts.length);
        return input.encoder.encode(texts, context);
      },
    };
    await build({ hops: 2, compat: true }, spy);
    expect(calls).toEqual([64, 64, input.models.length]);
  });

  it('has 5 queries of each task in the order of the file as published, and others by similarity', async () => {
    const queriesOf = async (options: Record<string, unknown>) => {
      const { model } = await build({ hops: 1, topK: 5, ...options });
      const { text } = model.prompts.find(({ label }) => label === 'hop 1: task gsm8k')!;
      return text
        .slice(text.indexOf('ueries:\n'))
        .split('\n')
        .filter((line) => line.startsWith('- '))
        .slice(0, 5);
    };
    const set = input.graph.nodes.find(({ type }) => type === 'query')!;
    const first = set.texts
      .filter((_, i) => set.names[i]!.startsWith('gsm8k#'))
      .slice(0, 5)
      .map((text) => `- ${text.replace(/\s+/g, ' ').trim()}`);
    expect(await queriesOf({ compat: true })).toEqual(first);
    const similar = await queriesOf({});
    expect(similar).toHaveLength(5);
    expect(similar).not.toEqual(first);
  });

  it('shows no line twice, but twice as published', async () => {
    const repeated = async (options: Record<string, unknown>) => {
      const { model } = await build({ hops: 1, ...options });
      return model.prompts.filter(({ text }) => {
        const lines = text.split('\n').filter((line) => line.startsWith('- '));
        return new Set(lines).size < lines.length;
      }).length;
    };
    expect(await repeated({})).toBe(0);
    expect(await repeated({ compat: true })).toBe(24);
  });

  it('plans 64 prompts a hop', async () => {
    const plan = await planTextGnn(input, { summarizer: 'llm', hops: 4 }, ctx);
    expect(plan.totals.prompts).toBe(256);
    expect(plan.prompts).toHaveLength(64);
    expect(Math.max(...plan.prompts.map(({ tokens }) => tokens))).toBeLessThanOrEqual(4_000);
  });
});
