import { describe, expect, it } from 'vitest';
import { graphOf, toyGraph } from '../testing/toy.js';
import { scoreFactors } from './score-factors.js';

const factors = (...args: Parameters<typeof scoreFactors>) =>
  Array.from(scoreFactors(...args).get('model__task') ?? [], (x) => Number(x.toFixed(4)));

describe('score factors', () => {
  it('global: one scale for all tasks, as published', () => {
    expect(factors(toyGraph, { scores: 'global', floor: 0 })).toEqual([0, 0.5, 1, 0.25]);
    const equal = graphOf(
      { model: 2, task: 1 },
      {
        model__task: [
          [0, 0, 3],
          [1, 0, 3],
        ],
      },
    );
    expect(factors(equal, { scores: 'global', floor: 0 })).toEqual([1, 1]);
  });

  it('per task: a scale a task, the lowest at the floor', () => {
    expect(factors(toyGraph, { scores: 'per-task', floor: 0.1 })).toEqual([0.1, 1, 1, 0.1]);
  });

  const graph = graphOf(
    { model: 5, task: 2 },
    {
      model__task: [
        [0, 0, 10],
        [1, 0, 16],
        [2, 0, 52],
        [3, 0, 88],
        [4, 0, 13],
        [0, 1, 7],
        [2, 1, 70],
        [3, 1, 70],
      ],
    },
  );
  it('apart: candidates are compared with candidates, published numbers with published numbers', () => {
    const sources = Uint8Array.from([0, 0, 1, 1, 0]);
    expect(factors(graph, { scores: 'per-task', floor: 0, sources })).toEqual([0, 1, 0, 1, 0.5, 0.5, 0.5, 0.5]);
    expect(factors(graph, { scores: 'per-task', floor: 0 })[1]).toBeLessThan(0.1);
  });

  it('relations without scores have no factors', () => {
    expect([...scoreFactors(toyGraph, { scores: 'global', floor: 0 }).keys()]).toEqual(['model__task']);
  });

  it('scored edges from queries to models are compared within a query', () => {
    const direct = graphOf(
      { model: 2, query: 2 },
      {
        query__model: [
          [0, 0, 10],
          [0, 1, 90],
          [1, 0, 5],
          [1, 1, 1],
        ],
      },
    );
    const got = scoreFactors(direct, { scores: 'per-task', floor: 0 }).get('query__model');
    expect(Array.from(got ?? [])).toEqual([0, 1, 1, 0]);
  });
});
