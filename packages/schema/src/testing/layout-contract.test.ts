import { describe, expect, it } from 'vitest';
import type { Dataset } from '../dataset.js';
import type { DatasetLayout, LayoutCheck, LayoutOptions } from '../dataset-layout.js';
import { RouteProfileError } from '../errors.js';
import { failingTests } from './failing-tests.js';
import { describeLayoutContract, emptyOutcomes, type LayoutContractFolders } from './index.js';

/** Two models, three training queries, two test rows. */
function smallDataset({ mode, queryText, newModels, seed }: LayoutOptions): Dataset {
  const queries = (split: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: `${split}:${i}`, text: `${split} ${i}`, task: 'sums' }));
  const isNew = (model: string) => newModels.includes(model);
  const score = (rows: number[][]) =>
    Float64Array.from(rows.flatMap(([a, b]) => [isNew('a') ? NaN : a!, isNew('b') ? NaN : b!]));
  const card = (name: string) => ({ name, text: name, family: null, scores: new Map(), price: null, auxiliary: false });
  return {
    name: 'small',
    layout: 'memory',
    mode,
    queryText,
    simulated: true,
    hash: `small, seed ${seed}`,
    candidates: ['a', 'b'].map((id) => ({ id, model: id })),
    newModels,
    leftOut: [],
    cards: ['a', 'b'].map(card),
    families: [],
    tasks: [{ name: 'sums', text: 'Sums.' }],
    domains: [],
    taskQueries: [{ task: 'sums', queries: ['train 0'] }],
    train: {
      queries: queries('train', 3),
      pairs: newModels.length > 0 ? [] : [{ query: 0, better: 0, worse: 1 }],
      outcomes: {
        ...emptyOutcomes(3, 2),
        score: score([
          [1, 0],
          [0, 1],
          [1, 1],
        ]),
      },
    },
    test: {
      models: ['a', 'b'],
      queries: queries('test', 2),
      values: { ...emptyOutcomes(2, 2), score: Float64Array.of(1, 0, 0, 1) },
    },
    overlap: 0,
    warnings: [],
  };
}

const PROBLEMS = ['a.txt: is wrong', 'b.txt: is wrong'];

/** A layout of folders that exist by name only. */
const memory: DatasetLayout = {
  name: 'memory',
  holds: 'a name',
  detect: async (folder) => folder !== 'foreign',
  async load(folder, options) {
    if (folder === 'broken') throw new RouteProfileError('BAD_INPUT', 'broken: 2 problems', { details: PROBLEMS });
    if (folder === 'incomplete') throw new RouteProfileError('MISSING_FILE', 'c.txt: is missing');
    return smallDataset(options);
  },
  async check(folder, options) {
    const dataset = folder === 'good' ? smallDataset(options) : null;
    const problems = dataset === null ? PROBLEMS : [];
    return { dataset, coverage: null, problems, problemCount: problems.length, oddities: [] };
  },
};

const folders: LayoutContractFolders = {
  good: async () => 'good',
  foreign: async () => ['foreign'],
  broken: async () => ({ folder: 'broken', problems: PROBLEMS }),
  incomplete: async () => ({ folder: 'incomplete', file: 'c.txt' }),
};

describeLayoutContract({ describe, it, expect }, memory, folders);

describe('the layout suite catches', () => {
  const changed = (change: (dataset: Dataset) => Partial<Dataset>): Partial<DatasetLayout> => ({
    load: async (folder, options) => {
      const dataset = await memory.load(folder, options);
      return { ...dataset, ...change(dataset) };
    },
  });
  const checking = (change: Partial<LayoutCheck>): Partial<DatasetLayout> => ({
    check: async (folder, options) => ({ ...(await memory.check(folder, options)), ...change }),
  });

  it.each<[string, Partial<DatasetLayout>, RegExp]>([
    ['one that takes every folder for its own', { detect: async () => true }, /no others/],
    ['one that does not know its own', { detect: async () => false }, /its own folders/],
    ['a candidate twice', changed(({ candidates }) => ({ candidates: [...candidates, candidates[0]!] })), /granted/],
    ['a candidate without a card', changed(({ cards }) => ({ cards: cards.slice(1) })), /granted/],
    ['a task that nothing describes', changed(() => ({ tasks: [] })), /granted/],
    [
      'a pair of a model with itself',
      changed(({ train }) => ({ train: { ...train, pairs: [{ query: 0, better: 1, worse: 1 }] } })),
      /granted/,
    ],
    [
      'outcomes that are too few',
      changed(({ test }) => ({ test: { ...test, values: emptyOutcomes(1, 2) } })),
      /granted/,
    ],
    ['test models in another order', changed(({ test }) => ({ test: { ...test, models: ['b', 'a'] } })), /granted/],
    ['another layout’s name', changed(() => ({ layout: 'other' })), /granted/],
    [
      'new models that training rows know',
      {
        load: (folder, options) =>
          memory
            .load(folder, options)
            .then((dataset) => ({ ...smallDataset({ ...options, newModels: [] }), newModels: dataset.newModels })),
      },
      /hides/,
    ],
    ['a hash that options do not change', changed(() => ({ hash: 'always' })), /another hash/],
    ['a check that finds fault with good folders', checking({ problems: ['odd'], problemCount: 1 }), /no problem/],
    ['a check that reports the first problem only', checking({ problems: PROBLEMS.slice(0, 1) }), /every problem/],
    ['one that loads what is broken', { load: async (_, options) => smallDataset(options) }, /every problem/],
    [
      'one that does not name the missing file',
      {
        load: async (folder, options) => {
          if (folder === 'incomplete') throw new RouteProfileError('MISSING_FILE', 'something is missing');
          return memory.load(folder, options);
        },
      },
      /lacks a file/,
    ],
  ])('%s', async (_, change, test) => {
    const failed = await failingTests((fake) => describeLayoutContract(fake, { ...memory, ...change }, folders));
    expect(failed.filter((name) => test.test(name))).toHaveLength(1);
  });
});
