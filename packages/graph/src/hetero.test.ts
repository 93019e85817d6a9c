import { describe, expect, it } from 'vitest';
import { adjacency, csr, degrees } from './csr.js';
import { buildGraph } from './build.js';
import { toHetero } from './hetero.js';
import { graphStatistics } from './statistics.js';
import { synthetic } from './testing/synthetic.js';

describe('the hash of a graph', () => {
  const hash = (source: typeof synthetic, name = 'n') =>
    toHetero(buildGraph(source, { domains: true, queries: true, name })).hash;
  it('depends on nodes, texts, edges and scores alone', () => {
    const first = synthetic.cards[0]!;
    const withCard = (card: typeof first) => ({ ...synthetic, cards: [card, ...synthetic.cards.slice(1)] });
    const different = [
      synthetic,
      withCard({ ...first, text: 'Something else.' }),
      withCard({ ...first, family: 'Beta' }),
      withCard({ ...first, scores: new Map([...first.scores, ['qa', { value: 41 }]]) }),
      withCard({ ...first, name: 'tiny' }),
      { ...synthetic, taskQueries: [] },
    ];
    expect(new Set(different.map((source) => hash(source))).size).toBe(different.length);
    expect(hash(structuredClone(synthetic), 'another name')).toBe(hash(synthetic));
  });
});

describe('adjacency', () => {
  const graph = toHetero(buildGraph(synthetic, { preset: 'query-task-domain' }));
  it('lists every edge once in each direction', () => {
    const views = adjacency(graph);
    expect(views).toHaveLength(2 * graph.relations.length);
    for (const view of views) {
      const { relation } = view;
      const [own, other] =
        view.rowType === relation.target
          ? [relation.targetIndex, relation.sourceIndex]
          : [relation.sourceIndex, relation.targetIndex];
      expect(Array.from(view.edges).sort((a, b) => a - b)).toEqual(Array.from(own.keys()));
      for (let row = 0; row + 1 < view.offsets.length; row++)
        for (let at = view.offsets[row]!; at < view.offsets[row + 1]!; at++) {
          expect(own[view.edges[at]!]).toBe(row);
          expect(other[view.edges[at]!]).toBe(view.neighbours[at]);
        }
    }
  });

  it('counts degrees', () => {
    const scored = graph.relations.find(({ name }) => name === 'model__task')!;
    expect(Array.from(degrees(csr(graph, scored, 'source')))).toEqual([2, 2, 1, 0, 1]);
    expect(Array.from(degrees(csr(graph, scored, 'target')))).toEqual([2, 2, 1, 1]);
  });
});

it('statistics count nodes, edges, degrees, scores and isolated nodes', () => {
  const statistics = graphStatistics(toHetero(buildGraph(synthetic, { preset: 'task-domain' })));
  expect(statistics.totalNodes).toBe(3 + 5 + 4 + 3);
  expect(statistics.totalEdges).toBe(4 + 6 + 5);
  expect(statistics.isolated).toEqual({ domain: ['empty'] });
  expect(statistics.relations[1]).toEqual({
    name: 'model__task',
    edges: 6,
    sourceDegree: { min: 0, mean: 6 / 5, max: 2 },
    targetDegree: { min: 1, mean: 1.5, max: 2 },
    scores: { min: -7, mean: 206.5 / 6, max: 80 },
  });
  expect(graphStatistics(toHetero(buildGraph(synthetic, { families: false }))).isolated).toEqual({ model: ['bare'] });
});
