import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from '@routeprofile/schema';
import { buildGraph, type GraphSource } from './build.js';
import { toHetero } from './hetero.js';
import { graphStatistics } from './statistics.js';

const data = process.env['ROUTEPROFILE_DATA'];
const fixtures = process.env['ROUTEPROFILE_FIXTURES'];

const read = <T>(file: string, schema: z.ZodType<T>): T => schema.parse(JSON.parse(readFileSync(file, 'utf8')));
const texts = z.record(z.string(), z.string());
const lists = z.record(z.string(), z.array(z.string()));
const cards = z.record(
  z.string(),
  z.object({
    feature: z.string(),
    architecture: z.string(),
    detailed_scores: z.record(z.string(), z.number().nullable()),
  }),
);

/** The published files as they are, without the loader: this package may not import it. */
function published(mode: 'standard' | 'newllm'): GraphSource {
  const folder = `${data}/routeprofile/profile_data`;
  const described = (file: string) =>
    Object.entries(read(`${folder}/${file}`, texts)).map(([name, text]) => ({ name, text }));
  const map = read(`${folder}/domain_task_map.json`, lists);
  return {
    cards: Object.entries(read(`${folder}/model_feature_${mode}.json`, cards)).map(([name, model]) => ({
      name,
      text: model.feature,
      family: model.architecture === 'unknown' ? null : model.architecture,
      scores: new Map(
        Object.entries(model.detailed_scores).flatMap(([task, value]) => (value === null ? [] : [[task, { value }]])),
      ),
      price: null,
      auxiliary: false,
    })),
    families: described('model_family_feature.json'),
    tasks: described('task_feature.json'),
    domains: described('domain_feature.json').map((domain) => ({ ...domain, tasks: map[domain.name] ?? [] })),
    taskQueries: Object.entries(read(`${folder}/task_queries_${mode}.json`, lists)).map(([task, queries]) => ({
      task,
      queries,
    })),
  };
}

const golden = z.object({
  nodes: z.object({ architecture: z.array(z.string()), model: z.array(z.string()), dataset: z.array(z.string()) }),
  edges: z.record(
    z.string(),
    z.object({ index: z.tuple([z.array(z.number()), z.array(z.number())]), score: z.array(z.number()).nullable() }),
  ),
});

describe.runIf(data !== undefined && fixtures !== undefined)('the published newllm task graph', () => {
  it('is reproduced node for node, edge for edge, score for score', () => {
    const expected = read(`${fixtures}/golden-graph/newllm-task/graph.json`, golden);
    const graph = toHetero(buildGraph(published('newllm'), { preset: 'task' }));
    expect(graph.nodes.map((set) => [set.type, set.names])).toEqual([
      ['family', expected.nodes.architecture],
      ['model', expected.nodes.model],
      ['task', expected.nodes.dataset],
    ]);
    const relations = Object.fromEntries(graph.relations.map((relation) => [relation.name, relation]));
    const names = {
      family__model: ['architecture|arch_to_model|model', 'model|model_to_arch|architecture'],
      model__task: ['model|model_to_dataset|dataset', 'dataset|dataset_to_model|model'],
    };
    expect(Object.keys(relations)).toEqual(Object.keys(names));
    expect(Object.keys(expected.edges).sort()).toEqual(Object.values(names).flat().sort());
    for (const [name, [forward, backward]] of Object.entries(names)) {
      const { sourceIndex, targetIndex, scores } = relations[name]!;
      const got = { index: [Array.from(sourceIndex), Array.from(targetIndex)], score: scores && Array.from(scores) };
      expect(got).toEqual(expected.edges[forward!]);
      expect({ ...got, index: got.index.toReversed() }).toEqual(expected.edges[backward!]);
    }
  });
});

describe.runIf(data !== undefined)('the published data', () => {
  it.each<['standard' | 'newllm', number, number]>([
    ['standard', 359, 30_600],
    ['newllm', 351, 29_400],
  ])('give the known counts: %s', (mode, scored, direct) => {
    const source = published(mode);
    const counts = (preset: string) => {
      const { nodes, relations } = graphStatistics(toHetero(buildGraph(source, { preset })));
      return { nodes, edges: Object.fromEntries(relations.map((relation) => [relation.name, relation.edges])) };
    };
    expect(counts('query-task-domain')).toEqual({
      nodes: { family: 5, model: 24, task: 29, domain: 6, query: 2_100 },
      edges: { family__model: 24, model__task: scored, domain__task: 38, query__task: 2_100 },
    });
    expect(counts('query')).toEqual({
      nodes: { family: 5, model: 24, query: 2_100 },
      edges: { family__model: 24, query__model: direct },
    });
    const { relations } = graphStatistics(toHetero(buildGraph(source, { preset: 'task' })));
    const { min, max } = relations[1]!.scores!;
    expect([min, Math.fround(max)]).toEqual([-7, Math.fround(97.33)]);
  });
});
