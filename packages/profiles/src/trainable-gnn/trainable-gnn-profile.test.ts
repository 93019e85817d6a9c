import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProfileSet, writeProfileSet } from '@routeprofile/data';
import {
  parseOptions,
  RouteProfileError,
  rowOf,
  takeRows,
  type ProfileInput,
  type ProfileSet,
  type RunContext,
  type Store,
} from '@routeprofile/schema';
import { describeProfileContract, pooledStore, syntheticProfileInput } from '@routeprofile/schema/testing';
import { cosineRate, createRuntime } from '@routeprofile/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainableGnnProfile } from './trainable-gnn-profile.js';

beforeAll(() => createRuntime({ backend: 'embedded' }));

const SMALL = { hidden: 8, heads: 2, epochs: 6, learningRate: 3e-3 };
const optionsOf = (raw: Record<string, unknown> = {}) => parseOptions(trainableGnnProfile, { ...SMALL, ...raw });
const build = async (raw: Record<string, unknown> = {}, ctx: Partial<RunContext> = {}, input?: ProfileInput) =>
  trainableGnnProfile.build(input ?? (await syntheticProfileInput()), optionsOf(raw), { seed: 11, ...ctx });

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (caught: unknown) => caught,
  );
  return RouteProfileError.isInstance(error) ? `${error.code}: ${error.message}` : String(error);
};

/** A store that keeps what it is given, and says how often. */
function memoryStore(): Store & { writes: number; values: Map<string, Uint8Array> } {
  const values = new Map<string, Uint8Array>();
  const store = {
    writes: 0,
    values,
    get: async (key: string) => values.get(key)?.slice(),
    set: async (key: string, value: Uint8Array) => {
      values.set(key, value.slice());
      store.writes++;
    },
  };
  return store;
}

describeProfileContract({ describe, it, expect }, trainableGnnProfile, { options: SMALL });
describeProfileContract({ describe, it, expect }, trainableGnnProfile, {
  options: { ...SMALL, layers: 1, compat: true },
});

describe('training', () => {
  it('lowers the loss and reports every epoch', async () => {
    const notes: string[] = [];
    await build(
      { epochs: 40, dropout: 0 },
      { onProgress: ({ done, total, note }) => notes.push(`${done}/${total} ${note}`) },
    );
    expect(notes).toHaveLength(40);
    expect(notes[39]).toMatch(/^40\/40 loss [\d.]+, held-out error [\d.]+$/);
    const mean = (part: string[]) =>
      part.reduce((sum, note) => sum + Number(/loss ([\d.]+)/.exec(note)![1]), 0) / part.length;
    expect(mean(notes.slice(-10))).toBeLessThan(0.9 * mean(notes.slice(0, 10)));
  });

  it('says how well held-out scores are predicted, and next to what', async () => {
    const { diagnostics } = (await build()).provenance;
    expect(diagnostics).toMatchObject({ heldOutEdges: 1 });
    for (const figure of ['heldOutError', 'meanPredictorError', 'trainingLoss', 'meanCosine'])
      expect(Number.isFinite(diagnostics![figure])).toBe(true);
  });

  it('holds nothing out under compat, nor where no edge carries a score', async () => {
    expect((await build({ compat: true, learningRate: 1e-4 })).provenance.diagnostics).not.toHaveProperty(
      'heldOutError',
    );
    const input = await syntheticProfileInput();
    const relations = input.graph.relations.map((relation) => ({ ...relation, scores: null }));
    const { provenance } = await build({}, {}, { ...input, graph: { ...input.graph, relations } });
    expect(provenance.notes?.[0]).toMatch(/last epoch/);
    expect(provenance.diagnostics).toMatchObject({ bestEpoch: SMALL.epochs });
  });

  it('names the epoch of a loss that is no number', async () => {
    expect(await codeOf(build({ learningRate: 1, weightDecay: 1e9, maxNorm: 1e30, epochs: 30 }))).toMatch(
      /^NOT_FINITE: trainable-gnn.* epoch \d+ is/,
    );
  });

  it('names features that are missing or do not fit', async () => {
    const input = await syntheticProfileInput();
    expect(await codeOf(build({}, {}, { ...input, features: undefined }))).toMatch(/^BAD_INPUT/);
    const task = takeRows(input.features!.task!, [0, 1]);
    expect(await codeOf(build({}, {}, { ...input, features: { ...input.features, task } }))).toMatch(
      /^SHAPE_MISMATCH: .*task nodes are 2 × 16, expected 3 × 16/,
    );
  });

  it('follows the published learning rates', () => {
    const rate = (epoch: number) => cosineRate(epoch, 100, 1e-4, 0.05 * 1e-4);
    expect(rate(1) / 1e-4).toBeCloseTo(0.9998, 4);
    expect(rate(10)).toBeCloseTo(9.77e-5, 7);
    expect(rate(50)).toBeCloseTo(5.25e-5, 9);
    expect(rate(100)).toBeCloseTo(5e-6, 9);
  });
});

describe('options', () => {
  it('refuse heads that do not divide, masks of nothing, and repairs that contradict compat', () => {
    expect(() => optionsOf({ heads: 3 })).toThrow(/3 heads do not divide 8/);
    expect(() => optionsOf({ nodeMask: 0, edgeMask: 0 })).toThrow(/nothing to learn/);
    expect(() => optionsOf({ compat: true, skip: true })).toThrow(/compat: true means skip=false/);
  });

  it('work one by one', async () => {
    const single = [
      { scores: 'unused' },
      { skip: false },
      { signed: false },
      { masking: 'independent' },
      { targets: 'global' },
      { nodeLoss: 'raw' },
      { holdOut: 0 },
      { nodeMask: 0 },
      { edgeMask: 0 },
      { dropout: 0 },
      { layers: 3 },
    ];
    // The figures beside the vectors: the best epoch may come before an option tells.
    const outcome = ({ vectors, provenance }: ProfileSet) =>
      JSON.stringify([[...vectors.data], provenance.diagnostics]);
    const plain = outcome(await build());
    for (const option of single) {
      const set = await build(option);
      expect(set.vectors.data.every(Number.isFinite)).toBe(true);
      expect(outcome(set), JSON.stringify(option)).not.toBe(plain);
    }
    expect(outcome(await build({ nodeMask: 0.8, nodeSample: 1 }))).not.toBe(outcome(await build({ nodeMask: 0.8 })));
  });
});

describe('checkpoints', () => {
  it.each(['killed', 'interrupted'] as const)('let a training that was %s end as one that was not', async (how) => {
    const whole = await build({ epochs: 9 });
    for (const stoppedAfter of [2, 5, 8]) {
      const store = pooledStore();
      const controller = new AbortController();
      const onProgress = ({ done }: { done: number }) => {
        if (done !== stoppedAfter) return;
        if (how === 'killed') throw new Error('killed');
        controller.abort();
      };
      const raw = { epochs: 9, checkpointEvery: 2 };
      const stopped = build(raw, { store, signal: controller.signal, onProgress });
      expect(await codeOf(stopped)).toMatch(how === 'killed' ? /killed/ : /^ABORTED/);
      const epochs: number[] = [];
      const resumed = await build(raw, { store, onProgress: ({ done }) => void epochs.push(done) });
      // The epoch after which it was killed was not kept yet; whoever asks it to stop loses none.
      const kept = how === 'killed' ? 2 * ((stoppedAfter - 1) >> 1) : stoppedAfter;
      expect(epochs[0]).toBe(kept + 1);
      expect(resumed.vectors).toEqual(whole.vectors);
      expect(resumed.state).toEqual(whole.state);
      expect(resumed.provenance.diagnostics).toEqual(whole.provenance.diagnostics);
    }
  });

  it('make a second build of the same thing a matter of reading, and that of another thing not', async () => {
    const store = memoryStore();
    const first = await build({}, { store });
    const epochs: number[] = [];
    const onProgress = ({ done }: { done: number }) => void epochs.push(done);
    expect((await build({}, { store, onProgress })).vectors).toEqual(first.vectors);
    expect(epochs).toEqual([]);
    await build({}, { store, onProgress, seed: 12 });
    expect(epochs).toHaveLength(SMALL.epochs);
  });

  it('are worth only time: a damaged one is named once and training starts anew', async () => {
    const whole = await build({});
    const store = memoryStore();
    await build({}, { store });
    for (const [key, bytes] of store.values) store.values.set(key, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
    const warnings: string[] = [];
    const logger = { info: () => undefined, warn: (message: string) => void warnings.push(message) };
    for (const _time of ['damaged', 'written over']) {
      const again = await build({}, { store, logger });
      expect([again.vectors, again.state]).toEqual([whole.vectors, whole.state]);
    }
    expect(warnings).toEqual([expect.stringMatching(/^A training starts anew, because its checkpoint cannot be read/)]);
  });
});

/** The synthetic input with a copy of one of its models, or with a stranger. */
async function withNewModel(like: number, { family = true } = {}): Promise<ProfileInput> {
  const input = await syntheticProfileInput();
  const nodes = input.graph.nodes.map((set) =>
    set.type === 'model' ? { ...set, names: [...set.names, 'epsilon'], texts: [...set.texts, set.texts[like]!] } : set,
  );
  const relations = input.graph.relations.map((relation) => {
    const side = relation.source === 'model' ? 'sourceIndex' : 'targetIndex';
    if (relation.source !== 'model' && relation.target !== 'model') return relation;
    if (!family && relation.name === 'family__model') return relation;
    const copied = [...relation[side]].flatMap((m, e) => (m === like ? [e] : []));
    const longer = (index: Int32Array, more: (e: number) => number) => Int32Array.from([...index, ...copied.map(more)]);
    return {
      ...relation,
      sourceIndex: longer(relation.sourceIndex, (e) => (side === 'sourceIndex' ? 4 : relation.sourceIndex[e]!)),
      targetIndex: longer(relation.targetIndex, (e) => (side === 'targetIndex' ? 4 : relation.targetIndex[e]!)),
      scores: relation.scores && Float32Array.from([...relation.scores, ...copied.map((e) => relation.scores![e]!)]),
    };
  });
  return {
    ...input,
    models: [...input.models, 'epsilon'],
    graph: { ...input.graph, hash: 'extended', nodes, relations },
    features: { ...input.features, model: takeRows(input.features!.model!, [0, 1, 2, 3, like]) },
  };
}

describe('extend', () => {
  const extend = trainableGnnProfile.extend!.bind(trainableGnnProfile);

  it.each([{}, { layers: 1 }, { layers: 4 }, { compat: true, learningRate: 3e-3 }])(
    'gives a copy of a model that model’s vector, and leaves the others as they are: %j',
    async (raw) => {
      const set = await build(raw);
      const before = set.vectors.data.slice();
      const extended = await extend(set, await withNewModel(1), optionsOf(raw), { seed: 99 });
      expect(extended.models).toEqual(['alpha', 'beta', 'gamma', 'epsilon']);
      expect(extended.vectors.data.subarray(0, before.length)).toEqual(before);
      expect(set.vectors.data).toEqual(before);
      rowOf(extended.vectors, 3).forEach((x, d) => expect(Math.abs(x - rowOf(set.vectors, 1)[d]!)).toBeLessThan(1e-5));
      expect(extended.provenance.notes?.some((note) => note.includes('epsilon'))).toBe(true);
      expect(extended.provenance.seed).toBe(11);
    },
  );

  it('works on a set that was written and read again', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'trainable-gnn-'));
    try {
      const set = await build();
      const read = await readProfileSet(await writeProfileSet(dir, 'set', set));
      expect(read.state).toEqual(set.state);
      const input = await withNewModel(1);
      const extended = await extend(read, input, optionsOf(), { seed: 1 });
      expect(extended.vectors).toEqual((await extend(set, input, optionsOf(), { seed: 1 })).vectors);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('reads the new model’s scores', async () => {
    const set = await build();
    const input = await withNewModel(1);
    const relations = input.graph.relations.map((relation) =>
      relation.scores
        ? { ...relation, scores: relation.scores.map((s, e) => (relation.sourceIndex[e] === 4 ? 100 - s : s)) }
        : relation,
    );
    const other = { ...input, graph: { ...input.graph, relations } };
    const [same, changed] = [
      await extend(set, input, optionsOf(), { seed: 1 }),
      await extend(set, other, optionsOf(), { seed: 1 }),
    ];
    const difference = rowOf(same.vectors, 3).map((x, d) => Math.abs(x - rowOf(changed.vectors, 3)[d]!));
    expect(Math.max(...difference)).toBeGreaterThan(1e-3);
  });

  it('takes a model without family, leaves out nodes that training did not know, and changes nothing without new models', async () => {
    const set = await build();
    const lonely = await extend(set, await withNewModel(1, { family: false }), optionsOf(), { seed: 1 });
    expect(lonely.vectors.data.every(Number.isFinite)).toBe(true);
    const input = await withNewModel(1);
    const nodes = input.graph.nodes.map((s) => (s.type === 'family' ? { ...s, names: ['north', 'elsewhere'] } : s));
    const strange = await extend(set, { ...input, graph: { ...input.graph, nodes } }, optionsOf(), { seed: 1 });
    expect(strange.provenance.notes?.some((note) => /not known in training: elsewhere/.test(note))).toBe(true);
    expect(await extend(set, await syntheticProfileInput(), optionsOf(), { seed: 1 })).toBe(set);
  });

  it('refuses sets of other strategies, options or encoders', async () => {
    const set = await build();
    const input = await withNewModel(1);
    const { state: _, ...without } = set;
    expect(await codeOf(extend(without, input, optionsOf(), { seed: 1 }))).toMatch(/^BAD_INPUT/);
    expect(await codeOf(extend(set, input, optionsOf({ layers: 3 }), { seed: 1 }))).toMatch(/^BAD_OPTION.*layers=2/);
    const encoder = { ...input.encoder, id: 'another' };
    expect(await codeOf(extend(set, { ...input, encoder }, optionsOf(), { seed: 1 }))).toMatch(/^BAD_INPUT.*another/);
  });
});
