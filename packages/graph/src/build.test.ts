import { describe, expect, it } from 'vitest';
import { buildGraph } from './build.js';
import { toHetero } from './hetero.js';
import { GRAPH_PRESETS, type GraphPreset } from './presets.js';
import { graphStatistics } from './statistics.js';
import { card, synthetic } from './testing/synthetic.js';

const build = (preset: GraphPreset) => toHetero(buildGraph(synthetic, { preset }));

describe('graphs with a name', () => {
  const parts = { family: 3, model: 5 };
  const relations = { family__model: 4 };
  it.each<[GraphPreset, Record<string, number>, Record<string, number>]>([
    ['task', { ...parts, task: 4 }, { ...relations, model__task: 6 }],
    // Each of 3 math queries to 2 models, each of 2 qa queries to 2 models.
    ['query', { ...parts, query: 5 }, { ...relations, query__model: 10 }],
    ['query-task', { ...parts, task: 4, query: 5 }, { ...relations, model__task: 6, query__task: 5 }],
    ['task-domain', { ...parts, task: 4, domain: 3 }, { ...relations, model__task: 6, domain__task: 5 }],
    [
      'query-task-domain',
      { ...parts, task: 4, domain: 3, query: 5 },
      { ...relations, model__task: 6, domain__task: 5, query__task: 5 },
    ],
    ['task-only', { model: 5, task: 4 }, { model__task: 6 }],
    // Nothing is mentioned twice.
    ['query-task-entity', { ...parts, task: 4, query: 5 }, { ...relations, model__task: 6, query__task: 5 }],
  ])('%s', (preset, nodes, edges) => {
    const { nodes: counted, relations } = graphStatistics(build(preset));
    expect(counted).toEqual(nodes);
    expect(Object.fromEntries(relations.map((relation) => [relation.name, relation.edges]))).toEqual(edges);
  });

  it('order their nodes by one pass over the cards', () => {
    const names = Object.fromEntries(build('query-task-domain').nodes.map((set) => [set.type, set.names]));
    expect(names).toEqual({
      family: ['Alpha', 'Beta', 'Gamma'],
      model: ['small', 'large', 'odd', 'bare', 'other'],
      task: ['qa', 'math', 'code', 'logic grid'],
      domain: ['knowledge', 'reasoning', 'empty'],
      query: ['math#0', 'math#1', 'math#2', 'qa#0', 'qa#1'],
    });
  });

  it('keep raw scores on model__task and nowhere else', () => {
    const { relations } = build('query-task-domain');
    for (const relation of relations)
      expect(relation.scores && Array.from(relation.scores)).toEqual(
        relation.name === 'model__task' ? [40, 10.5, 80, 71, -7, 12] : null,
      );
  });

  it('say what they left out', () => {
    expect(buildGraph(synthetic, { preset: 'query-task-domain' }).getAttribute('notes')).toEqual([
      '2 domain entries left out, because no model is measured on the task: QA (in knowledge), unused (in knowledge)',
      '2 queries left out, because no model is measured on the task: unused',
    ]);
    expect(buildGraph(synthetic, { preset: 'task' }).getAttribute('notes')).toEqual([]);
    const undescribed = buildGraph({ ...synthetic, tasks: [], families: [] }, { preset: 'task' });
    expect(undescribed.getNodeAttribute('task:qa', 'text')).toBe('qa');
    expect(undescribed.getAttribute('notes')).toHaveLength(2);
  });
});

describe('switches', () => {
  it('name a preset when they equal one, and themselves otherwise', () => {
    const name = (switches: Parameters<typeof buildGraph>[1]) => buildGraph(synthetic, switches).getAttribute('name');
    for (const [preset, switches] of Object.entries(GRAPH_PRESETS)) expect(name(switches)).toBe(preset);
    expect(name({ families: false, queries: true, queriesTo: 'model', queryScores: true })).toBe(
      'model+task+query-to-model-scored',
    );
    expect(name({ name: 'mine' })).toBe('mine');
  });

  it('can put the score of the task on the edges from queries to models', () => {
    const graph = toHetero(
      buildGraph(synthetic, { tasks: false, queries: true, queriesTo: 'model', queryScores: true }),
    );
    const relation = graph.relations.find(({ name }) => name === 'query__model');
    expect(Array.from(relation?.scores ?? [])).toEqual([10.5, 80, 10.5, 80, 10.5, 80, 40, -7, 40, -7]);
  });

  it('that contradict each other are refused', () => {
    expect(() => buildGraph(synthetic, { tasks: false, domains: true })).toThrow(/domains need tasks/);
    expect(() => buildGraph(synthetic, { tasks: false, queries: true })).toThrow(/queries hang on tasks/);
    expect(() => buildGraph(synthetic, { queries: true, queryScores: true })).toThrow(/queryScores/);
    expect(() => buildGraph(synthetic, { preset: 'toString' })).toThrow(/there is no graph called 'toString'/);
    expect(() => buildGraph(synthetic, { preset: 'Query' })).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^Did you mean 'query' rather than 'Query'\?/) as string }),
    );
  });
});

describe('a dataset that makes no graph', () => {
  it('is refused with every problem', () => {
    expect(() => buildGraph({ ...synthetic, cards: [] }, { preset: 'task' })).toThrow(/no models/);
    const cards = [card('a', null, { qa: NaN }), card('a', null, {})];
    expect(() => buildGraph({ ...synthetic, cards }, { preset: 'task' })).toThrow(
      "model 'a': its score on 'qa' is NaN; model 'a' occurs twice",
    );
  });

  it('or whose names are those of object members does', () => {
    const cards = [
      card('__proto__', 'constructor', { toString: 1 }),
      card('hasOwnProperty', '__proto__', { toString: 2 }),
    ];
    const graph = toHetero(buildGraph({ ...synthetic, cards }, { preset: 'query-task-domain' }));
    expect(graph.nodes.map((set) => set.names.length)).toEqual([2, 2, 1, 3]);
  });
});

it('builds 31,500 edges from queries to models', () => {
  const tasks = Array.from({ length: 14 }, (_, t) => `task ${t}`);
  const scores = Object.fromEntries(tasks.map((task, t) => [task, t]));
  const cards = Array.from({ length: 15 }, (_, m) => card(`model ${m}`, 'one', scores));
  const taskQueries = tasks.map((task) => ({
    task,
    queries: Array.from({ length: 150 }, (_, q) => `${task} query ${q}`),
  }));
  const graph = toHetero(buildGraph({ ...synthetic, cards, taskQueries }, { preset: 'query' }));
  expect(graph.relations.find(({ name }) => name === 'query__model')?.sourceIndex.length).toBe(31_500);
});
