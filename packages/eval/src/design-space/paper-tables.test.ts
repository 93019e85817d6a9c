import { describe, expect, it } from 'vitest';
import { PAPER_GRAPHS, PAPER_ROUTERS, paperTables, type PaperRow } from './paper-tables.js';

const at = (rows: readonly PaperRow[], profile: string, hops: number | null, graph?: string) =>
  rows.find((row) => row.profile === profile && row.hops === hops && (graph === undefined || row.graph === graph))!
    .cells;
const cellsOf = (rows: readonly PaperRow[]) => rows.flatMap(({ cells }) => PAPER_ROUTERS.map((r) => cells[r]));
const all = [...cellsOf(paperTables.main), ...cellsOf(paperTables.sources)];

describe('paperTables', () => {
  const { main, sources } = paperTables;

  it('has 14 and 15 rows of 3 routers', () => {
    expect([main.length, sources.length]).toEqual([14, 15]);
    expect(all).toHaveLength(87);
    expect(new Set(main.map(({ profile, hops }) => `${profile} ${hops}`)).size).toBe(14);
    expect(sources.map(({ graph }) => graph)).toEqual([...PAPER_GRAPHS, ...PAPER_GRAPHS, ...PAPER_GRAPHS]);
  });

  it('holds the published numbers', () => {
    expect(at(main, 'index', null)).toMatchObject({ sim: { value: 0.499 }, mlp: { value: 0.593 } });
    expect(at(main, 'flat', null).mlp.value).toBe(0.613);
    expect(at(main, 'text-gnn', 3).mlp.value).toBe(0.625);
    expect(at(main, 'emb-gnn', 4).graph.value).toBe(0.614);
    expect(at(main, 'trainable-gnn', 4)).toMatchObject({ sim: { value: 0.613 }, graph: { value: 0.516 } });
    expect(at(sources, 'emb-gnn', 2, 'query-task').mlp.value).toBe(0.63);
    expect(at(sources, 'text-gnn', 2, 'query')).toMatchObject({ sim: { value: 0.516 }, graph: { value: 0.539 } });
    expect(at(sources, 'flat', null, 'task').graph.value).toBe(0.514);
    expect(Math.max(...all.map(({ value }) => value))).toBe(0.63);
  });

  it('agrees with itself where both tables have a cell, but for the one that differs in the source', () => {
    const graph = paperTables.setup.graph;
    expect(at(sources, 'flat', null, graph)).toEqual(at(main, 'flat', null));
    expect(at(sources, 'text-gnn', 2, graph)).toEqual(at(main, 'text-gnn', 2));
    const [theirs, here] = [at(main, 'emb-gnn', 2), at(sources, 'emb-gnn', 2, graph)];
    expect([theirs.sim, theirs.graph]).toEqual([here.sim, here.graph]);
    expect([theirs.mlp.value, here.mlp.value]).toEqual([0.61, 0.62]);
  });

  it('names the constants in disguise, and no others', () => {
    expect(at(main, 'flat', null).mlp.constant).toBe('mistral-small-24b-instruct-2501-bf16');
    expect(at(main, 'trainable-gnn', 4).mlp.constant).toBe('mixtral-8x22b-instruct-v0.1');
    expect(at(main, 'index', null).sim.constant).toBe('qwen2.5-7b-instruct');
    expect(at(sources, 'emb-gnn', 2, 'query-task').mlp.constant).toBeNull();
    expect(at(sources, 'flat', null, 'query').mlp).toEqual({ value: 0.612, constant: null });
    const constants = all.filter(({ constant }) => constant !== null);
    expect(new Set(constants.map(({ value }) => value))).toEqual(new Set([0.613, 0.61, 0.557, 0.532, 0.499]));
    for (const { value, constant } of constants) {
      const { average } = paperTables.constants.find(({ model }) => model === constant)!;
      // Half a unit of the third digit, and what rounding the task means first can add.
      expect(Math.abs(value - average)).toBeLessThan(0.00051);
    }
  });
});
