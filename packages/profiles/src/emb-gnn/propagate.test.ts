import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatrix, type HeteroGraph, type NodeFeatures } from '@routeprofile/schema';
import fixture from '../fixtures/emb-gnn.json' with { type: 'json' };
import { embGnnParity } from '../parity/emb-gnn.js';
import { graphOf, matrix, toyFeatures, toyGraph } from '../testing/toy.js';
import { propagate, type PropagateOptions } from './propagate.js';
import { scoreFactors } from './score-factors.js';

const published = (hops: number, norm: PropagateOptions['norm'] = 'sym'): PropagateOptions => ({
  hops,
  norm,
  self: 0,
  divisor: 'relations',
  factors: scoreFactors(toyGraph, { scores: 'global', floor: 0 }),
});

const close = (got: { data: Float32Array } | undefined, expected: number[][], tolerance = 1e-5) => {
  expect(got?.data).toHaveLength(expected.flat().length);
  expected.flat().forEach((x, k) => expect(Math.abs(got!.data[k]! - x), `number ${k}`).toBeLessThan(tolerance));
};

describe('propagation as published', () => {
  it('matches PyTorch on the parity fixture, all norms, K = 1 to 3', () => {
    expect(embGnnParity(fixture).maxDifference).toBeLessThan(1e-5);
  });

  it('would notice another number', () => {
    const wrong = structuredClone(fixture);
    wrong.expected.left['2'].task[0]![0]! += 0.01;
    expect(embGnnParity(wrong).maxDifference).toBeGreaterThan(0.009);
    expect(() => embGnnParity({ ...fixture, scores: 'none' })).toThrow(/parity fixture: scores/);
  });

  it.each<[PropagateOptions['norm'], number[][], number[][]]>([
    [
      'sym',
      [
        [0.353553, 1.25],
        [3.889087, 0],
        [0, 0.883883],
      ],
      [
        [1.141735, 1.695082],
        [1.75, 2.5],
        [0.100222, 0.137944],
      ],
    ],
    [
      'right',
      [
        [0.25, 1.25],
        [2.75, 0],
        [0, 0.625],
      ],
      [
        [1.1875, 1.75],
        [1.75, 2.5],
        [0.09375, 0.125],
      ],
    ],
    [
      'left',
      [
        [0.5, 1.25],
        [5.5, 0],
        [0, 1.25],
      ],
      [
        [1.109375, 1.65625],
        [1.75, 2.5],
        [0.109375, 0.15625],
      ],
    ],
    [
      'none',
      [
        [0.5, 2.5],
        [5.5, 0],
        [0, 1.25],
      ],
      [
        [2.4375, 3.625],
        [3.5, 5],
        [0.21875, 0.3125],
      ],
    ],
  ])('gives the known rows of the toy graph: %s', (norm, one, two) => {
    close(propagate(toyGraph, toyFeatures, published(1, norm)).model, one);
    close(propagate(toyGraph, toyFeatures, published(2, norm)).model, two);
  });

  it('gives the other types their known rows', () => {
    const { family, task } = propagate(toyGraph, toyFeatures, published(1));
    close(family, [[2.828427, 4.242641]]);
    close(task, [
      [2.12132, 2.828427],
      [1.133883, 1.56066],
    ]);
  });

  it('returns its inputs for K = 0, and leaves them as they were', () => {
    expect(propagate(toyGraph, toyFeatures, published(0)).model).toBe(toyFeatures.model);
    const before = structuredClone(toyFeatures);
    propagate(toyGraph, toyFeatures, published(3));
    expect(toyFeatures).toEqual(before);
  });

  it('shows a model nothing of its tasks after an even number of hops, nothing of itself after an odd one', () => {
    const other: NodeFeatures = { ...toyFeatures, task: matrix([7, 7], [-3, 1]), family: matrix([9, 9]) };
    const otherModels: NodeFeatures = { ...toyFeatures, model: matrix([0, 1], [1, 0], [2, 2]) };
    for (const hops of [1, 2, 3, 4]) {
      const before = propagate(toyGraph, toyFeatures, published(hops)).model;
      const seesTasks = propagate(toyGraph, other, published(hops)).model;
      const seesModels = propagate(toyGraph, otherModels, published(hops)).model;
      if (hops % 2 === 0) expect(seesTasks).toEqual(before);
      else expect(seesTasks).not.toEqual(before);
      if (hops % 2 === 1) expect(seesModels).toEqual(before);
      else expect(seesModels).not.toEqual(before);
    }
  });
});

describe('the repairs', () => {
  it('self: every number of hops shows a model itself and its tasks', () => {
    const withSelf = (features: NodeFeatures, hops: number) =>
      propagate(toyGraph, features, { ...published(hops), self: 0.5 }).model;
    const tasks: NodeFeatures = { ...toyFeatures, task: matrix([7, 7], [-3, 1]) };
    const models: NodeFeatures = { ...toyFeatures, model: matrix([0, 1], [1, 0], [2, 2]) };
    for (const hops of [1, 2, 3, 4])
      for (const changed of [tasks, models]) expect(withSelf(changed, hops)).not.toEqual(withSelf(toyFeatures, hops));
  });

  it('self: x¹ = (1 − α) m + α x⁰', () => {
    const plain = propagate(toyGraph, toyFeatures, published(1)).model!;
    const mixed = propagate(toyGraph, toyFeatures, { ...published(1), self: 0.25 }).model!;
    mixed.data.forEach((x, k) => expect(x).toBeCloseTo(0.75 * plain.data[k]! + 0.25 * toyFeatures.model!.data[k]!, 5));
  });

  it('divisor: counts relations that delivered, so a model without family is not halved', () => {
    const relations = propagate(toyGraph, toyFeatures, published(1)).model!;
    const messages = propagate(toyGraph, toyFeatures, { ...published(1), divisor: 'messages' }).model!;
    expect(Array.from(messages.data.subarray(0, 4))).toEqual(Array.from(relations.data.subarray(0, 4)));
    close({ data: messages.data.subarray(4) }, [[0, 2 * 0.883883]]);
  });

  it('divisor: an isolated node keeps its features instead of becoming zero', () => {
    const graph = graphOf({ model: 2, task: 1 }, { model__task: [[0, 0, 5]] });
    const features = { model: matrix([1, 2], [3, 4]), task: matrix([5, 6]) };
    const options = { hops: 3, norm: 'sym', self: 0 } as const;
    const rows = (divisor: PropagateOptions['divisor']) =>
      Array.from(propagate(graph, features, { ...options, divisor }).model!.data.subarray(2));
    expect(rows('messages')).toEqual([3, 4]);
    expect(rows('relations')).toEqual([0, 0]);
  });
});

const randomCase = fc
  .record({ models: fc.integer({ min: 1, max: 5 }), tasks: fc.integer({ min: 1, max: 4 }) })
  .chain(({ models, tasks }) =>
    fc.record({
      graph: fc
        .uniqueArray(fc.tuple(fc.nat(models - 1), fc.nat(tasks - 1), fc.integer({ min: -10, max: 100 })), {
          minLength: 1,
          selector: ([m, t]) => `${m} ${t}`,
        })
        .map((edges) => graphOf({ model: models, task: tasks }, { model__task: edges })),
      x: numbers(models, tasks),
      y: numbers(models, tasks),
      norm: fc.constantFrom('sym' as const, 'right' as const, 'left' as const, 'none' as const),
      divisor: fc.constantFrom('messages' as const, 'relations' as const),
      hops: fc.nat(4),
      self: fc.constantFrom(0, 0.3, 1),
    }),
  );

function numbers(models: number, tasks: number): fc.Arbitrary<NodeFeatures> {
  const rows = (n: number) =>
    fc
      .array(fc.integer({ min: -8, max: 8 }), { minLength: 3 * n, maxLength: 3 * n })
      .map((values) => createMatrix(n, 3, Float32Array.from(values)));
  return fc.record({ model: rows(models), task: rows(tasks) });
}

it('propagation is linear and finite, whatever the options', () => {
  fc.assert(
    fc.property(randomCase, ({ graph, x, y, ...options }) => {
      const factors = scoreFactors(graph, { scores: 'per-task', floor: 0.1 });
      const run = (features: NodeFeatures) => propagate(graph, features, { ...options, factors }).model!.data;
      const sum = createMatrix(
        x.model!.rows,
        3,
        x.model!.data.map((a, k) => 2 * a - 3 * y.model!.data[k]!),
      );
      const sumTask = createMatrix(
        x.task!.rows,
        3,
        x.task!.data.map((a, k) => 2 * a - 3 * y.task!.data[k]!),
      );
      const [ofX, ofY, ofSum] = [run(x), run(y), run({ model: sum, task: sumTask })];
      ofSum.forEach((value, k) => {
        const expected = 2 * ofX[k]! - 3 * ofY[k]!;
        expect(Math.abs(value - expected)).toBeLessThan(
          1e-4 * (1 + Math.abs(expected) + Math.abs(ofX[k]!) + Math.abs(ofY[k]!)),
        );
      });
    }),
  );
});

describe('features that do not fit the graph', () => {
  it.each<[string, NodeFeatures, RegExp]>([
    ['a type missing', { model: toyFeatures.model, task: toyFeatures.task }, /no features for the family nodes/],
    ['too few rows', { ...toyFeatures, task: matrix([1, 2]) }, /features of the task nodes is 1 × 2/],
    ['another width', { ...toyFeatures, task: matrix([1], [2]) }, /features of the task nodes is 2 × 1/],
  ])('%s', (_, features, message) => {
    expect(() => propagate(toyGraph, features, published(1))).toThrow(message);
  });
});

it('stops when told to', () => {
  const stop = { seed: 0, signal: AbortSignal.abort() };
  expect(() => propagate(toyGraph, toyFeatures, published(1), stop)).toThrow(/interrupted/);
});

it('30,000 edges of 512 numbers keep a constant constant', () => {
  const edges = Array.from({ length: 30_000 }, (_, e): [number, number] => [Math.floor(e / 15), e % 15]);
  const graph: HeteroGraph = graphOf({ model: 15, query: 2_000 }, { query__model: edges });
  const features = { model: createMatrix(15, 512).data.fill(1), query: createMatrix(2_000, 512).data.fill(1) };
  const { model } = propagate(
    graph,
    { model: createMatrix(15, 512, features.model), query: createMatrix(2_000, 512, features.query) },
    { hops: 2, norm: 'left', self: 0, divisor: 'messages' },
  );
  expect(model!.data[0]).toBeCloseTo(1, 5);
});
