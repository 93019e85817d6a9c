import {
  createMatrix,
  parseOptions,
  provenanceSchema,
  rowOf,
  takeRows,
  type ModelCard,
  type ProfileInput,
} from '@routeprofile/schema';
import { describeProfileContract, emptyOutcomes, syntheticProfileInput } from '@routeprofile/schema/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProfileSet, writeProfileSet } from '@routeprofile/data';
import { describe, expect, it } from 'vitest';
import { irtProfile } from './irt-profile.js';

describeProfileContract({ describe, it, expect }, irtProfile);

const ctx = { seed: 3 };
const optionsOf = (raw: object = {}) => parseOptions(irtProfile, raw);
const build = (input: ProfileInput, raw: object = {}) => irtProfile.build(input, optionsOf(raw), ctx);

/** Outcomes of the six queries of the graph, many times: alpha is good at the first task, beta at the third. */
async function trained({ pairsOnly = false, silent = [] as number[] } = {}): Promise<ProfileInput> {
  const input = await syntheticProfileInput();
  const query = input.features!.query!;
  const rows = Array.from({ length: 60 }, (_, q) => q % 6);
  const outcomes = emptyOutcomes(60, 3);
  rows.forEach((row, q) =>
    [0, 2, 1].forEach((best, m) => {
      if (!silent.includes(m)) outcomes.score[q * 3 + m] = Math.floor(row / 2) === best ? 0.9 : 0.2 + 0.05 * m;
    }),
  );
  const pairs = rows.flatMap((_, q) =>
    [0, 1, 2].flatMap((better) =>
      [0, 1, 2].flatMap((worse) =>
        outcomes.score[q * 3 + better]! > outcomes.score[q * 3 + worse]! ? [{ query: q, better, worse }] : [],
      ),
    ),
  );
  const tasks = rows.map((row) => ['arithmetic', 'history', 'code'][Math.floor(row / 2)]!);
  return {
    ...input,
    training: {
      queries: { texts: rows.map((row) => `q${row}`), vectors: takeRows(query, rows), encoder: input.encoder.id },
      tasks,
      pairs,
      outcomes: pairsOnly ? null : outcomes,
    },
  };
}

describe('irt profiles', () => {
  it.each([false, true])('hold abilities, biases and the query map (pairs only: %s)', async (pairsOnly) => {
    const set = await build(await trained({ pairsOnly }), { dimensions: 2 });
    expect(set.vectors.cols).toBe(2);
    expect(set.biases).toHaveLength(3);
    expect(set.state!['map']!.shape).toEqual([3, (await syntheticProfileInput()).encoder.dimensions]);
    expect(provenanceSchema.parse(set.provenance).diagnostics).toMatchObject({ dimensions: 2, constantOrder: 0 });
  });

  it('do not depend on the order of the models', async () => {
    const input = await trained();
    const reversed: ProfileInput = {
      ...input,
      models: [...input.models].reverse(),
      training: {
        ...input.training!,
        outcomes: {
          ...input.training!.outcomes!,
          score: input.training!.outcomes!.score.map((_, k, all) => all[k - (k % 3) + 2 - (k % 3)]!),
        },
      },
    };
    const [one, other] = [await build(input), await build(reversed)];
    one.models.forEach((model, m) =>
      expect(rowOf(other.vectors, other.models.indexOf(model))).toEqual(rowOf(one.vectors, m)),
    );
  });

  it('place a model without outcomes by its card, else by its text, and say so', async () => {
    const input = await trained({ silent: [2] });
    const byCard = (cards: readonly ModelCard[]) => build({ ...input, cards }, { dimensions: 2, ridge: 1 });
    const like = (scores: [string, number][]): ModelCard[] =>
      input.cards.map((card) =>
        card.name === 'gamma' ? { ...card, scores: new Map(scores.map(([task, value]) => [task, { value }])) } : card,
      );
    const asAlpha = await byCard(
      like([
        ['arithmetic', 80],
        ['code', 20],
      ]),
    );
    const distance = ({ vectors }: typeof asAlpha, i: number) =>
      Math.hypot(...rowOf(vectors, 2).map((x, d) => x - rowOf(vectors, i)[d]!));
    expect(distance(asAlpha, 0)).toBeLessThan(distance(asAlpha, 1));
    const asBeta = await byCard(
      like([
        ['arithmetic', 40],
        ['code', 90],
      ]),
    );
    expect(distance(asBeta, 1)).toBeLessThan(distance(asBeta, 0));
    expect(
      asBeta.provenance.notes?.some((note) => /1 model without training rows, placed by card scores/.test(note)),
    ).toBe(true);
    const mute = await byCard(like([]));
    expect(mute.vectors.data.every(Number.isFinite)).toBe(true);
    expect(mute.provenance.notes?.some((note) => note.includes('gamma'))).toBe(true);
  });

  it('refuse to learn from nothing', async () => {
    const input = await syntheticProfileInput();
    const cards = input.cards.map((card) => ({ ...card, scores: new Map() }));
    await expect(build({ ...input, cards })).rejects.toMatchObject({ code: 'NO_TRAINING_DATA' });
  });
});

describe('extend', () => {
  const extend = irtProfile.extend!.bind(irtProfile);
  async function withNewModel(scores: [string, number][]): Promise<ProfileInput> {
    const input = await syntheticProfileInput();
    const card: ModelCard = {
      ...input.cards[0]!,
      name: 'epsilon',
      scores: new Map(scores.map(([t, value]) => [t, { value }])),
    };
    const nodes = input.graph.nodes.map((set) =>
      set.type === 'model' ? { ...set, names: [...set.names, 'epsilon'], texts: [...set.texts, 'new'] } : set,
    );
    return {
      ...input,
      models: [...input.models, 'epsilon'],
      cards: [...input.cards, card],
      graph: { ...input.graph, hash: 'extended', nodes },
      features: { ...input.features, model: takeRows(input.features!.model!, [0, 1, 2, 3, 1]) },
    };
  }

  it.each<[string, [string, number][]]>([
    [
      'card',
      [
        ['code', 90],
        ['arithmetic', 40],
      ],
    ],
    ['text', []],
  ])(
    'places a new model by its %s, and leaves the others as they are, also after a round trip through files',
    async (_, scores) => {
      const set = await build(await trained(), { dimensions: 2 });
      const dir = await mkdtemp(join(tmpdir(), 'irt-profile-'));
      try {
        const read = await readProfileSet(await writeProfileSet(dir, 'set', set));
        const extended = await extend(read, await withNewModel(scores), optionsOf({ dimensions: 2 }), ctx);
        expect(extended.models).toEqual(['alpha', 'beta', 'gamma', 'epsilon']);
        expect(extended.vectors.data.subarray(0, 6)).toEqual(set.vectors.data);
        expect(extended.biases!.subarray(0, 3)).toEqual(set.biases);
        expect(Number.isFinite(extended.biases![3])).toBe(true);
        const to = (i: number) =>
          Math.hypot(...rowOf(extended.vectors, 3).map((x, d) => x - rowOf(extended.vectors, i)[d]!));
        expect(to(1)).toBeLessThan(to(0));
      } finally {
        await rm(dir, { recursive: true });
      }
    },
  );

  it('changes nothing without new models, and refuses sets without their map', async () => {
    const set = await build(await trained(), { dimensions: 2 });
    expect(await extend(set, await syntheticProfileInput(), optionsOf({ dimensions: 2 }), ctx)).toBe(set);
    const { state, ...without } = set;
    const input = await withNewModel([]);
    await expect(extend(without, input, optionsOf({ dimensions: 2 }), ctx)).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    const spoilt = { ...set, state: { ...state, centre: { shape: [1], data: createMatrix(1, 1).data } } };
    await expect(extend(spoilt, input, optionsOf({ dimensions: 2 }), ctx)).rejects.toThrow(/'centre'/);
  });
});
