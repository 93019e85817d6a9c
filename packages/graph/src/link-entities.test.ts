import { describe, expect, it } from 'vitest';
import { buildGraph } from './build.js';
import { parseGraph, serializeGraph } from './graph-file.js';
import { toHetero } from './hetero.js';
import { linkEntities } from './link-entities.js';
import { graphStatistics } from './statistics.js';
import { synthetic } from './testing/synthetic.js';

const about = (task: string, ...mentions: string[]) =>
  mentions.map((mention, i) => ({ name: `${task}#${i}`, text: `What of ${mention}?`, task }));

describe('entities that link queries', () => {
  it('leave out the rare and the ubiquitous, and say how many', () => {
    const queries = [
      // Paris in 2 of 24; Rome in one; Frame in 3 of the 4 of its task; Earth in 5 of 24, more than a tenth.
      ...about('a', 'Paris', 'Paris and Rome', 'Earth', 'nothing'),
      ...about('b', 'Frame', 'Frame', 'Frame', 'Earth'),
      ...about('c', ...Array.from({ length: 16 }, (_, i) => (i < 3 ? 'Earth' : 'nothing'))),
    ];
    const { entities, links, note } = linkEntities(queries);
    expect(entities).toEqual(['Paris']);
    expect(links).toEqual([
      ['a#0', 'Paris'],
      ['a#1', 'Paris'],
    ]);
    expect(note).toMatch(/^of 4 entities in 24 queries, 1 are nodes, which 2 queries mention;/);
    expect(note).toMatch(/1 that one query alone mentions, and 2 in more than 10 % of all queries or half of a task's/);
  });

  it('may be in both of two queries, and in all of a small task', () => {
    expect(linkEntities(about('a', 'Paris', 'Paris')).entities).toEqual(['Paris']);
    expect(linkEntities([])).toMatchObject({ entities: [], links: [] });
  });

  const source = {
    ...synthetic,
    taskQueries: [
      { task: 'math', queries: ['Ada Lovelace walked 5 km.', '1+1?'] },
      { task: 'qa', queries: ['How far are 5 kilometers?', 'Who was Ada Lovelace?'] },
    ],
  };

  it('are nodes of a graph, which is written, read and counted like any other', () => {
    const graph = buildGraph(source, { preset: 'query-task-entity' });
    const { nodes, relations } = toHetero(graph);
    expect(nodes.find(({ type }) => type === 'entity')?.names).toEqual(['Ada Lovelace', '5 km']);
    const edges = relations.find(({ name }) => name === 'query__entity')!;
    expect([Array.from(edges.sourceIndex), Array.from(edges.targetIndex)]).toEqual([
      [0, 0, 2, 3],
      [0, 1, 1, 0],
    ]);
    expect(edges.scores).toBeNull();
    expect(graph.getAttribute('notes')).toEqual([expect.stringMatching(/^of 2 entities in 4 queries, 2 are nodes/)]);
    const again = parseGraph(JSON.parse(JSON.stringify(serializeGraph(graph))));
    expect(toHetero(again)).toEqual(toHetero(graph));
    expect(graphStatistics(toHetero(again)).nodes.entity).toBe(2);
  });

  it('go with any graph that has queries, and are refused without', () => {
    const own = buildGraph(source, { queries: true, queriesTo: 'model', entities: true, tasks: false });
    expect(own.getAttribute('name')).toBe('family+model+query-to-model+entity');
    expect(toHetero(own).nodes.map(({ type }) => type)).toEqual(['family', 'model', 'query', 'entity']);
    expect(() => buildGraph(source, { entities: true })).toThrow(/entities hang on queries/);
    expect(buildGraph(source, { queries: true, entities: true }).getAttribute('name')).toBe('query-task-entity');
  });

  it('change no graph that does not ask for them', () => {
    const { hash, nodes } = toHetero(buildGraph(source, { preset: 'query-task' }));
    expect(nodes.map(({ type }) => type)).not.toContain('entity');
    expect(toHetero(buildGraph(source, { queries: true })).hash).toBe(hash);
  });
});
