import {
  parseOptions,
  RouteProfileError,
  type Progress,
  type RouterInput,
  type RouterStrategy,
  type RunContext,
  type Store,
} from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { graphRouter } from '../graph/graph.js';
import { mlpRouter } from '../mlp/mlp.js';
import { CHECKPOINT_INTERVAL_MS, packTraining, trainingKey, unpackTraining } from './checkpoint.js';

/** What the process thinks the time is. */
let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

function memoryStore(): Store & { values: Map<string, Uint8Array>; writes: number } {
  const values = new Map<string, Uint8Array>();
  const store = {
    values,
    writes: 0,
    get: async (key: string) => values.get(key)?.slice(),
    set: async (key: string, value: Uint8Array) => {
      values.set(key, value.slice());
      store.writes++;
    },
  };
  return store;
}

const EPOCHS = 5;
const { input } = syntheticRouterInput();

const cases: [string, RouterStrategy, Record<string, unknown>][] = [
  ['mlp', mlpRouter, { hidden: 16, output: 8 }],
  ['mlp without validation', mlpRouter, { hidden: 16, output: 8, valSplit: 0 }],
  ['mlp, co-trained', mlpRouter, { hidden: 16, output: 8, coTrain: 'residual' }],
  ['graph', graphRouter, { hidden: 16 }],
  ['graph, co-trained', graphRouter, { hidden: 16, coTrain: 'adapter' }],
];

describe.each(cases)('checkpoints of %s', (_, strategy, raw) => {
  /** Every epoch seems to last longer than the interval, or none does. */
  const run = async (ctx: Partial<RunContext> = {}, { slow = true, given = input, options = {} } = {}) => {
    const epochs: number[] = [];
    const onProgress = (progress: Progress) => {
      epochs.push(progress.done);
      if (slow) now += CHECKPOINT_INTERVAL_MS;
      ctx.onProgress?.(progress);
    };
    const parsed = parseOptions(strategy, { ...raw, learningRate: 0.01, patience: 3, epochs: EPOCHS, ...options });
    const router = await strategy.fit(given, parsed, { seed: 2, ...ctx, onProgress });
    return { artifact: await router.save(), epochs };
  };
  /** Stops after some epochs, by a signal or, leaving no time for a last word, by an error from outside. */
  const stopped = async (store: Store, after: number, how: 'signal' | 'kill', slow = true) => {
    const controller = new AbortController();
    const onProgress = ({ done }: Progress) => {
      if (done < after) return;
      if (how === 'kill') throw new Error('killed');
      controller.abort();
    };
    await expect(run({ store, signal: controller.signal, onProgress }, { slow })).rejects.toThrow();
  };

  it.each(['signal', 'kill'] as const)('let a training stopped by a %s end with the same bytes', async (how) => {
    const whole = await run();
    for (const after of [1, 3]) {
      const store = memoryStore();
      await stopped(store, after, how);
      const resumed = await run({ store });
      // A kill comes before the epoch it falls into is kept.
      expect(resumed.epochs[0]).toBe(how === 'kill' ? after : after + 1);
      expect(resumed.artifact).toEqual(whole.artifact);
    }
  });

  it('make a second fit of the same thing a matter of reading, and that of another thing not', async () => {
    const store = memoryStore();
    await stopped(store, 2, 'signal');
    const first = await run({ store });
    const again = await run({ store });
    expect(again).toEqual({ artifact: first.artifact, epochs: [] });
    const count = first.artifact.manifest.state['epochs'];
    const other: RouterInput = { ...input, training: { ...input.training, queries: { ...input.training.queries } } };
    other.training.queries.vectors = {
      ...input.training.queries.vectors!,
      data: input.training.queries.vectors!.data.map((x) => x + 0.01),
    };
    expect((await run({ store }, { given: other })).epochs.length).toBeGreaterThan(0);
    expect((await run({ store, seed: 3 })).epochs.length).toBeGreaterThan(0);
    expect((await run({ store }, { options: { dropout: 0.2 } })).epochs.length).toBeGreaterThan(0);
    expect(count).toBe(first.epochs.length + 2);
  });

  it('are written no oftener than the interval, but always when interrupted', async () => {
    const store = memoryStore();
    await run({ store }, { slow: false });
    expect(store.writes).toBe(0);
    await stopped(store, 2, 'signal', false);
    expect(store.writes).toBe(1);
    const [size] = [...store.values.values()].map(({ length }) => length);
    expect((await run({ store }, { slow: false })).epochs[0]).toBe(3);
    expect(store.writes).toBe(2);
    // The end has taken its place: without moments.
    expect([...store.values.values()][0]!.length).toBeLessThan(size! / 2);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['cut short', (bytes) => bytes.slice(0, bytes.length >> 1)],
    ['emptied', () => new Uint8Array(0)],
    ['changed in one bit of a number', (bytes) => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1)],
  ])('are worth only time: %s, one is named once and training starts anew', async (_case, damage) => {
    const whole = await run();
    const store = memoryStore();
    await stopped(store, 2, 'signal');
    const [[key, bytes]] = [...store.values] as [[string, Uint8Array]];
    store.values.set(key, damage(bytes));
    const warn = vi.fn();
    const again = await run({ store, logger: { info: () => undefined, warn } });
    expect(again).toEqual(whole);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(new RegExp(`starts anew, .*${key}.*: checkpoint: its bytes`))],
    ]);
    const progress = await run({ store, logger: { info: () => undefined, warn } });
    expect(progress).toEqual({ artifact: whole.artifact, epochs: [] });
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

describe('the state of a training', () => {
  const weights = { w: { shape: [2], data: Float32Array.of(1, 2) } };
  const state = { epochs: [{ train: 0.1, validation: null }], best: { epoch: 0, value: 0.1 } };

  it('survives packing', () => {
    for (const parts of [{}, { bestWeights: weights }, { bestWeights: weights, running: weights }])
      expect(unpackTraining(packTraining({ ...state, ...parts }))).toEqual({ ...state, ...parts });
  });

  it('must hold figures', () => {
    const none = packTraining({ ...state, epochs: [] });
    expect(() => unpackTraining(none)).toThrow(RouteProfileError);
    expect(() => unpackTraining(none)).toThrow(/its figures/);
  });
});

describe('the key of a training', () => {
  it('tells apart what is cut at another place', () => {
    const [a, b] = [Float32Array.of(1, 2), Float32Array.of(3)];
    const keys = [
      trainingKey('x', [a, b]),
      trainingKey('x', [Float32Array.of(1), Float32Array.of(2, 3)]),
      trainingKey('x', [Float32Array.of(1, 2, 3)]),
      trainingKey('y', [a, b]),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(trainingKey('x', [a, b])).toBe(keys[0]);
  });
});
