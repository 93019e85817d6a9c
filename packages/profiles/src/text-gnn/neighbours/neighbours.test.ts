import { beforeAll, describe, expect, it } from 'vitest';
import { encodeNodes } from '@routeprofile/graph';
import { createMatrix, type HeteroGraph, type ModelCard, type NodeFeatures } from '@routeprofile/schema';
import { toyEncoder } from '@routeprofile/schema/testing';
import { graphOf } from '../../testing/toy.js';
import { neighboursAsPublished } from './as-published.js';
import { neighboursByScore } from './by-score.js';
import { originalTexts, type Neighbourhoods, type Section, type SummarisedType } from './neighbourhood.js';

/** Twelve models of one family on two tasks, in two domains; models 10 and 11 are auxiliary. Eight queries on task 0. */
const graph = graphOf(
  { family: 1, model: 12, task: 3, domain: 2, query: 8 },
  {
    family__model: Array.from({ length: 12 }, (_, m): [number, number] => [0, m]),
    model__task: Array.from({ length: 12 }, (_, m): [number, number, number] => [
      m,
      0,
      m >= 10 ? 95 : 10 * ((m * 7) % 10),
    ]).concat([
      [0, 1, 50],
      [0, 2, 5],
      [1, 1, 60],
      [1, 2, 90],
    ]),
    domain__task: [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    query__task: Array.from({ length: 8 }, (_, q): [number, number] => [q, 0]),
  },
);
const cards: ModelCard[] = graph.nodes[1]!.names.map((name, m) => ({
  name,
  text: '',
  family: 'family 0',
  scores: new Map(),
  price: null,
  auxiliary: m >= 10,
}));
/** Every node points elsewhere, but query q is the nearer to its task the larger q. */
const features = (of: HeteroGraph): NodeFeatures =>
  Object.fromEntries(
    of.nodes.map(({ type, names }) => {
      const matrix = createMatrix(names.length, 2);
      names.forEach((_, i) => {
        const angle = type === 'query' ? 1.5 - 0.2 * i : 0;
        matrix.data.set([Math.cos(angle), Math.sin(angle)], 2 * i);
      });
      return [type, matrix];
    }),
  );
const sectionsOf = (all: Neighbourhoods, type: SummarisedType, node = 0) => all[type]![node]!.sections;
const nodesOf = (sections: readonly Section[], kind: Section['kind']) =>
  sections.filter((section) => section.kind === kind).map(({ neighbours }) => neighbours.map(({ node }) => node));

describe('neighbours by score', () => {
  const chosen = neighboursByScore(graph, cards, features(graph), 4);

  it('shows the best and the worst models of a task, auxiliary ones apart', () => {
    const [own, other] = nodesOf(sectionsOf(chosen, 'task'), 'models');
    // Scores of models 0 … 9: 0 70 40 10 80 50 20 90 60 30.
    expect(own).toEqual([7, 4, 3, 0]);
    expect(other).toEqual([10, 11]);
    const { neighbours, heading } = sectionsOf(chosen, 'task').find(({ kind }) => kind === 'models')!;
    expect(heading).toBe('Models (the 2 best and 2 worst of 10)');
    expect(neighbours.map(({ about, contrast }) => [about, contrast])).toEqual([
      ['score 90, best of 10', false],
      ['score 80, 2nd of 10', false],
      ['score 10, 9th of 10', true],
      ['score 0, last of 10', true],
    ]);
  });

  it('shows the queries nearest to the task, not the first of the file', () => {
    expect(nodesOf(sectionsOf(chosen, 'task'), 'queries')).toEqual([[7, 6, 5, 4]]);
  });

  it('shows each task of a model once, with its domains and its place among the models', () => {
    const tasks = sectionsOf(chosen, 'model').find(({ kind }) => kind === 'tasks')!.neighbours;
    expect(tasks.map(({ node, about }) => [node, about])).toEqual([
      [1, 'score 50, last of 2; domains domain 0'],
      [2, 'score 5, last of 2'],
      [0, 'score 0, last of 10; domains domain 0 and domain 1'],
    ]);
    // Of two models the last is not far from the best; of ten it is.
    expect(tasks.map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.05]);
    expect(chosen.model![0]!.facts).toEqual([
      'Of 3 measured tasks it is strongest on task 1 (50, last of 2) and task 2 (5, last of 2), weakest on task 0 (0, last of 10).',
    ]);
  });

  it('tells scores where the edges have none: of families and domains', () => {
    expect(sectionsOf(chosen, 'domain')[0]!.neighbours.map(({ node, about }) => [node, about])).toEqual([
      [0, '10 models score 0 to 90, best model 7, worst model 0'],
      [1, '2 models score 50 to 60, best model 1, worst model 0'],
    ]);
    const models = sectionsOf(chosen, 'family')[0]!;
    expect(models.heading).toBe('Models (the 2 strongest and 2 weakest of 12)');
    expect(models.neighbours[0]).toMatchObject({ node: 7, about: 'score 90, best of 10 on task 0' });
    expect(chosen.family![0]!.facts[0]).toMatch(/^Of its models model 7, .* stand highest, .* lowest\.$/);
  });

  it('keeps nodes of equal text apart, and lists a query once', () => {
    const equal: HeteroGraph = {
      ...graph,
      nodes: graph.nodes.map((set) => ({ ...set, texts: set.texts.map(() => 'the same text') })),
    };
    const of = neighboursByScore(equal, cards, features(equal), 4);
    expect(nodesOf(sectionsOf(of, 'task'), 'models')).toEqual([
      [7, 4, 3, 0],
      [10, 11],
    ]);
    expect(nodesOf(sectionsOf(of, 'task'), 'queries')).toEqual([[0]]);
  });
});

describe('neighbours as published', () => {
  let published: Neighbourhoods;
  let texts = originalTexts(graph);
  beforeAll(async () => {
    published = await neighboursAsPublished(graph, texts, 5, toyEncoder(), { seed: 1 });
  });

  it('are queries in the order of the file, models near in text, a task twice under each of its domains', () => {
    expect(nodesOf(sectionsOf(published, 'task'), 'queries')).toEqual([[0, 1, 2, 3, 4]]);
    expect(nodesOf(sectionsOf(published, 'task'), 'models')[0]).toHaveLength(5);
    expect(nodesOf(sectionsOf(published, 'model'), 'tasks')).toEqual([[0, 0, 1, 1], [0, 0], [2]]);
    expect(sectionsOf(published, 'model')[1]!.neighbours[1]!.about).toBe(
      'score 0.00; domains text of domain 0, text of domain 1, text of domain 0, text of domain 1',
    );
    expect(sectionsOf(published, 'domain')[0]!.neighbours.every(({ about }) => about === undefined)).toBe(true);
    expect(sectionsOf(published, 'family')[0]!.neighbours.every(({ about }) => about === undefined)).toBe(true);
  });

  it('merge nodes of equal text', async () => {
    texts = { ...texts, model: texts.model!.map(() => 'the same text') };
    const merged = await neighboursAsPublished(graph, texts, 5, toyEncoder(), { seed: 1 });
    expect(nodesOf(sectionsOf(merged, 'task'), 'models')).toEqual([[0]]);
  });

  it('encode every text but the queries’, once', async () => {
    const encoder = toyEncoder();
    const seen: string[] = [];
    const spy = {
      ...encoder,
      encode: (all: readonly string[]) => {
        seen.push(...all);
        return encoder.encode(all);
      },
    };
    await neighboursAsPublished(graph, originalTexts(graph), 5, spy, { seed: 1 });
    expect(seen).toHaveLength(1 + 12 + 3 + 2);
    expect(seen.some((text) => text.includes('query'))).toBe(false);
  });
});

it('needs no features of types the graph lacks', async () => {
  const small = graphOf({ model: 2 }, {});
  const chosen = neighboursByScore(small, [], await encodeNodes(small, toyEncoder(), { seed: 1 }), 5);
  expect(chosen).toEqual({ model: [0, 1].map((node) => ({ type: 'model', node, facts: [], sections: [] })) });
});
