import { createRandom, type Relation } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphOf } from '../testing/toy.js';
import { directedRelations, visibleEdges } from './edges.js';
import { drawMasks, holdOutEdges, type ScoredRelation } from './reconstruction.js';
import { globalScale, perTaskScale, scaledScores } from './problem.js';

const [MODELS, TASKS] = [6, 5];
const graph = graphOf(
  { model: MODELS, task: TASKS },
  {
    model__task: Array.from({ length: MODELS * TASKS }, (_, k): [number, number, number] => [
      k % MODELS,
      Math.floor(k / MODELS),
      10 * Math.floor(k / MODELS) + (k % MODELS) ** 2,
    ]),
  },
);
const relation: Relation = graph.relations[0]!;
const scores = relation.scores!;
const candidates = new Uint8Array(MODELS);
const scoredWith = (heldOut: Uint8Array): ScoredRelation => ({ relation, values: scores, heldOut });
const counts = graph.nodes.map(({ type, names }) => ({ type, count: names.length }));
const rates = { nodeMask: 0.3, edgeMask: 0.3, nodeSample: 0 };

describe('drawMasks', () => {
  it('removes every edge to be predicted, and those held out, from both directions', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const heldOut = holdOutEdges(seed, relation, (e) => relation.targetIndex[e]!, 0.2);
        const { predicted, hidden } = drawMasks(createRandom(seed), counts, [scoredWith(heldOut)], {
          ...rates,
          masking: 'removed',
        });
        const gone = new Set([...predicted.flatMap(({ edges }) => [...edges])]);
        for (const e of gone) expect(heldOut[e]).toBe(0);
        heldOut.forEach((held, e) => held && gone.add(e));
        for (const { view } of directedRelations(graph)) {
          const left = new Set(visibleEdges(view, hidden.get(relation.name)).edges);
          expect(left.size).toBe(MODELS * TASKS - gone.size);
          for (const e of gone) expect(left.has(e)).toBe(false);
        }
      }),
    );
  });

  it('as published draws the directions apart and removes nothing', () => {
    const masks = drawMasks(createRandom(1), counts, [scoredWith(new Uint8Array(MODELS * TASKS))], {
      ...rates,
      masking: 'independent',
    });
    expect(masks.hidden.size).toBe(0);
    expect(masks.predicted.map(({ reversed }) => reversed)).toEqual([false, true]);
    expect([...masks.predicted[0]!.edges]).not.toEqual([...masks.predicted[1]!.edges]);
  });

  it('always leaves something to learn', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (seed, nodesOnly) => {
        const options = nodesOnly
          ? { nodeMask: 1e-9, edgeMask: 0, nodeSample: 0, masking: 'removed' as const }
          : { nodeMask: 0, edgeMask: 1e-9, nodeSample: 0, masking: 'removed' as const };
        const masks = drawMasks(createRandom(seed), counts, [scoredWith(new Uint8Array(MODELS * TASKS))], options);
        expect(Object.keys(masks.nodes).length + masks.predicted.length).toBeGreaterThan(0);
      }),
    );
  });

  it('restores at most the sample asked for, all of it hidden', () => {
    const many = [{ type: 'query' as const, count: 500 }];
    const masks = drawMasks(createRandom(1), many, [], { ...rates, nodeSample: 20, masking: 'removed' });
    const hidden = new Set(masks.nodes.query);
    expect(hidden.size).toBeGreaterThan(100);
    expect(masks.restored.query).toHaveLength(20);
    expect([...masks.restored.query!].every((i) => hidden.has(i))).toBe(true);
  });
});

describe('holdOutEdges', () => {
  it('holds out the share asked for, and leaves every model and task an edge', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.5, noNaN: true }), (seed, share) => {
        const heldOut = holdOutEdges(seed, relation, (e) => relation.targetIndex[e]!, share);
        expect(heldOut.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(Math.round(share * heldOut.length));
        const left = [...heldOut.keys()].filter((e) => !heldOut[e]);
        expect(new Set(left.map((e) => relation.sourceIndex[e])).size).toBe(MODELS);
        expect(new Set(left.map((e) => relation.targetIndex[e])).size).toBe(TASKS);
      }),
    );
  });
});

describe('score scales', () => {
  it('make the tasks comparable: mean 0 within each, whatever its level', () => {
    const values = scaledScores(
      perTaskScale(relation, scores, candidates, () => true),
      scores,
    );
    for (let task = 0; task < TASKS; task++) {
      const own = values.filter((_, e) => relation.targetIndex[e] === task);
      expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
      expect(own[MODELS - 1]).toBeCloseTo(values[MODELS - 1]!, 5);
    }
  });

  it('do not read edges that are not known', () => {
    const known = (e: number) => e !== 3;
    const changed = scores.map((s, e) => (e === 3 ? 1e6 : s));
    const [a, b] = [
      perTaskScale(relation, scores, candidates, known),
      perTaskScale(relation, changed, candidates, known),
    ];
    expect(a.offset).toEqual(b.offset);
    expect(a.spread).toEqual(b.spread);
    expect(scaledScores(b, changed)[3]).toBe(3);
  });

  it('keep candidates and auxiliary models apart, and know nothing of a class that is not there', () => {
    const apart = perTaskScale(relation, scores, Uint8Array.of(0, 0, 0, 1, 1, 1), () => true);
    expect(apart.offset[0]).toBeCloseTo((0 + 1 + 4) / 3);
    expect(apart.offset[1]).toBeCloseTo((9 + 16 + 25) / 3);
    const alone = perTaskScale(relation, scores, candidates, () => true);
    expect(alone.offset[1]).toBeNaN();
  });

  it('as published run from 0 to 1 over all tasks, or are 1 where all scores are equal', () => {
    const values = scaledScores(globalScale(relation, scores, candidates), scores);
    expect([Math.min(...values), Math.max(...values)]).toEqual([0, 1]);
    const equal = new Float32Array(scores.length).fill(40);
    expect(new Set(scaledScores(globalScale(relation, equal, candidates), equal))).toEqual(new Set([1]));
  });
});
