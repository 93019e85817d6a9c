import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeLayoutContract } from '@routeprofile/schema/testing';
import { loadDataset } from '../load.js';
import { publishedLayout } from './published.js';
import { failureOf } from '../../disk/testing.js';
import { folderOf, outcomeRow, pairRow, publishedFiles, routingRow, temporaryFolder } from '../../dataset/testing.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (changes: Record<string, unknown> = {}) => folderOf(root, `d${count++}`, publishedFiles(changes));
const TEST = 'route_data/routing_test_data.json';
const PAIRS = 'route_data/pairwise_training_data_standard.json';
const TRAIN = 'route_data/routing_train_data.json';
const CARDS = 'profile_data/model_feature_standard.json';

describeLayoutContract({ describe, it, expect }, publishedLayout, {
  good: async () => folder(),
  foreign: async () => [
    folderOf(root, `d${count++}`, {}),
    folderOf(root, `d${count++}`, { 'outcomes.jsonl': [outcomeRow('1', { a: 1, b: 0 })] }),
    folderOf(root, `d${count++}`, { 'profile_data/task_feature.json': {} }),
  ],
  broken: async () => ({
    folder: folder({
      'profile_data/task_feature.json': { math: 'Sums.', qa: 3 },
      [PAIRS]: [pairRow('math', ' ', 'a', 'nobody')],
      [TEST]: '[',
    }),
    problems: [
      'task_feature.json: qa',
      `${PAIRS}: pairwise_data[0].worse_model`,
      `${PAIRS}: pairwise_data[0].query`,
      TEST,
    ],
  }),
  incomplete: async () => ({ folder: folder({ [CARDS]: undefined }), file: CARDS }),
});

describe('published layout', () => {
  it('gives candidates in the order of their file, cards, pairs by distinct query, and test rows', async () => {
    const dataset = await loadDataset(folder());
    expect(dataset).toMatchObject({
      layout: 'published',
      simulated: false,
      newModels: [],
      leftOut: [],
      warnings: [],
      overlap: 1,
    });
    expect(dataset.candidates).toEqual([
      { id: 'b', model: 'b', price: { input: 1, output: 2 } },
      { id: 'a', model: 'a' },
      { id: 'c', model: 'c' },
    ]);
    expect(dataset.cards.map(({ name, family, auxiliary }) => [name, family, auxiliary])).toEqual([
      ['a', 'Fam', false],
      ['b', 'Fam', false],
      ['c', null, false],
      ['aux', 'Fam', true],
    ]);
    expect([...dataset.cards[2]!.scores]).toEqual([['math', { value: 70 }]]);
    expect(dataset.cards[1]!.price).toEqual({ input: 1, output: 2 });
    expect(dataset.train.outcomes).toBeNull();
    expect(dataset.train.queries.map(({ text, task }) => [text, task])).toEqual([
      ['1+1?', 'math'],
      ['Who?', 'qa'],
      ['Where?', 'qa'],
    ]);
    expect(dataset.train.pairs).toEqual([
      { query: 0, better: 1, worse: 0 },
      { query: 0, better: 2, worse: 0 },
      { query: 1, better: 0, worse: 1 },
      { query: 2, better: 1, worse: 2 },
    ]);
    expect(dataset.test.models).toEqual(['b', 'a', 'c']);
    expect(dataset.test.values.score).toEqual(Float64Array.of(0, 1, 1, 1, 0, NaN));
    expect(dataset.test.values.cost).toEqual(Float64Array.of(200 / 1e6, NaN, NaN, 200 / 1e6, NaN, NaN));
    expect(dataset.domains).toEqual([{ name: 'reasoning', text: 'Thinking.', tasks: ['math', 'qa'] }]);
    expect(dataset.taskQueries).toEqual([
      { task: 'math', queries: ['1+1?'] },
      { task: 'qa', queries: ['Who?'] },
    ]);
  });

  it('takes the models of the routing data where there is no list of candidates', async () => {
    const dataset = await loadDataset(folder({ 'profile_data/candidate_models.json': undefined }));
    expect(dataset.candidates.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('wants training rows in any mode, and takes pairs where the file of full outcomes is empty', async () => {
    const NEW = 'route_data/pairwise_training_data_newllm.json';
    for (const [mode, file] of [
      ['standard', PAIRS],
      ['newllm', NEW],
    ] as const) {
      const error = await failureOf(() => loadDataset(folder({ [file]: [], [TRAIN]: [] }), { mode }));
      expect([error.code, error.message]).toEqual([
        'NO_TRAINING_DATA',
        `there are no training data: ${TRAIN} and ${file} hold no rows`,
      ]);
    }
    const pairsOnly = await loadDataset(folder({ [TRAIN]: [] }));
    expect(pairsOnly.train.pairs).toHaveLength(4);
  });

  it('wants test rows, and says how to give them', async () => {
    const dir = folder({ [TEST]: undefined });
    const error = await failureOf(() => loadDataset(dir));
    expect([error.code, error.message, error.hint]).toEqual([
      'MISSING_FILE',
      expect.stringContaining(TEST),
      expect.stringContaining('--test FILE'),
    ]);
    const file = join(
      folderOf(root, `t${count}`, { 'test.json': [routingRow('qa', 'Why?', { a: 1, b: 0, c: 0 })] }),
      'test.json',
    );
    expect((await loadDataset(dir, { test: file })).test.queries).toHaveLength(1);
  });

  it('prefers full outcomes, draws pairs from them, and uses stored prompts on request', async () => {
    const rows = [
      routingRow('math', '3+3?', { a: 1, b: 0, c: 0 }, { formatted_query: { system: null, user: 'Q: 3+3?' } }),
      routingRow('qa', 'When?', { a: 1, b: 1, c: null }),
    ];
    const dataset = await loadDataset(folder({ [TRAIN]: rows }), { queryText: 'formatted' });
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(0, 1, 0, 1, 1, NaN));
    expect(dataset.train.pairs).toEqual([
      { query: 0, better: 1, worse: 0 },
      { query: 0, better: 1, worse: 2 },
    ]);
    expect(dataset.train.queries[0]!.text).toBe('Q: 3+3?');
    expect(dataset.test.queries.map(({ text }) => text)).toEqual(['Answer.\n\nQ: 2+2?', ' WHO? ']);
    expect(dataset.warnings).toEqual([
      '1 of 2 training rows have no stored prompt (formatted_query): their raw text is used.',
      '1 of 2 test queries have no stored prompt (formatted_query): their raw text is used.',
    ]);
  });

  it('says that pairs have no stored prompts', async () => {
    const dataset = await loadDataset(folder(), { queryText: 'formatted' });
    expect(dataset.warnings[0]).toBe(
      'All 3 training queries have no stored prompt (formatted_query): their raw text is used.',
    );
  });

  it('limits queries, and pairs with them', async () => {
    const dataset = await loadDataset(folder(), { limitTrain: 2, limitTest: 1 });
    expect([dataset.train.queries.length, dataset.test.queries.length]).toEqual([2, 1]);
    for (const { query } of dataset.train.pairs) expect(query).toBeLessThan(2);
  });
});

describe('new models', () => {
  it('are the candidates absent from the pairs of the mode', async () => {
    const dataset = await loadDataset(folder(), { mode: 'newllm' });
    expect([dataset.newModels, dataset.candidates.map(({ id }) => id)]).toEqual([['c'], ['b', 'a', 'c']]);
  });

  it('are not shown their outcomes where one file of full outcomes serves both modes', async () => {
    const dataset = await loadDataset(folder({ [TRAIN]: [routingRow('math', '3+3?', { a: 1, b: 0, c: 1 })] }), {
      mode: 'newllm',
    });
    expect(dataset.newModels).toEqual(['c']);
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(0, 1, NaN));
    expect(dataset.train.outcomes!.inputTokens).toEqual(Float64Array.of(100, 100, NaN));
    expect(dataset.train.pairs).toEqual([{ query: 0, better: 1, worse: 0 }]);
  });

  it('must exist', async () => {
    const pairs = [pairRow('math', '1+1?', 'a', 'b'), pairRow('math', '1+1?', 'c', 'b')];
    const error = await failureOf(() =>
      loadDataset(folder({ 'route_data/pairwise_training_data_newllm.json': pairs }), { mode: 'newllm' }),
    );
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringContaining('none is new')]);
  });

  it('are left out aloud in mode standard', async () => {
    const dataset = await loadDataset(folder({ [PAIRS]: [pairRow('math', '1+1?', 'a', 'b')] }));
    expect([dataset.leftOut, dataset.candidates.length]).toEqual([[{ model: 'c', coverage: 0 }], 2]);
    expect(dataset.warnings).toContainEqual(expect.stringContaining('c is left out'));
  });
});

describe('what is wrong', () => {
  it('is reported at once, over all files', async () => {
    const error = await failureOf(() =>
      loadDataset(
        folder({
          [CARDS]: {
            a: { feature: 'A', architecture: 'Nope', detailed_scores: { math: 1, unheard: 3, silent: null } },
            b: { feature: 'B' },
            c: { feature: 'C' },
          },
          'profile_data/task_feature.json': { math: 'Sums.' },
          'profile_data/domain_feature.json': {},
          [PAIRS]: {
            pairwise_data: [pairRow('math', 'q', 'a', 'ghost'), pairRow('math', 'q', 'a', 'a'), { task_name: 'math' }],
          },
          [TEST]: '[{"task_name": "math", "query": "x", "model_performance": {"a": {"task_performance": "1"}}}]',
          'profile_data/candidate_models.json': '{"a": {"feature": "x"}, "a": {"feature": "y"}}',
        }),
      ),
    );
    expect(error.code).toBe('BAD_INPUT');
    expect(error.details).toEqual([
      expect.stringMatching(/^profile_data\/candidate_models\.json: line 1, column \d+: the key "a" occurs twice/),
      `${PAIRS}: pairwise_data[2].query: is missing, expected a string`,
      `${PAIRS}: pairwise_data[2].better_model: is missing, expected a string`,
      `${PAIRS}: pairwise_data[2].worse_model: is missing, expected a string`,
      `${TEST}: [0].model_performance.a.task_performance: is a string, expected a number`,
      `${CARDS}: a.architecture: family "Nope" is described nowhere, expected an entry in profile_data/model_family_feature.json`,
      `${CARDS}: a.detailed_scores.unheard: task "unheard" is described nowhere, expected an entry in profile_data/task_feature.json`,
      'profile_data/task_queries_standard.json: qa: task "qa" is described nowhere, expected an entry in profile_data/task_feature.json',
      'profile_data/domain_task_map.json: reasoning: domain "reasoning" is described nowhere, expected an entry in profile_data/domain_feature.json',
    ]);
  });

  it.each<[string, Record<string, unknown>, RegExp, string]>([
    [
      'a pair with a model nobody knows',
      { [PAIRS]: [pairRow('math', 'q', 'a', 'ghost')] },
      /pairwise_data\[0\]\.worse_model: model "ghost" is described nowhere/,
      'BAD_INPUT',
    ],
    [
      'a pair of one model with itself',
      { [PAIRS]: [pairRow('math', 'q', 'a', 'a')] },
      /pairwise_data\[0\]: a is compared with itself/,
      'BAD_INPUT',
    ],
    [
      'a pair without text',
      { [PAIRS]: [pairRow('math', '', 'a', 'b')] },
      /pairwise_data\[0\]\.query: is empty/,
      'BAD_INPUT',
    ],
    [
      'a test row of an unknown task',
      { [TEST]: [routingRow('ghost', 'q', { a: 1 })] },
      /\[0\]\.task_name: task "ghost"/,
      'BAD_INPUT',
    ],
    [
      'a test row of an unknown model',
      { [TEST]: [routingRow('math', 'q', { ghost: 1 })] },
      /model_performance\.ghost: model "ghost"/,
      'BAD_INPUT',
    ],
    [
      'no cards',
      { [CARDS]: undefined },
      /model_feature_standard\.json: is missing, expected the models by name/,
      'MISSING_FILE',
    ],
    [
      'no models',
      {
        [CARDS]: {},
        'profile_data/candidate_models.json': undefined,
        [PAIRS]: [],
        [TEST]: [routingRow('math', 'q', {})],
      },
      /pairwise_training_data_standard\.json holds no rows/,
      'NO_TRAINING_DATA',
    ],
    [
      'one candidate',
      { 'profile_data/candidate_models.json': { a: { feature: 'A' } } },
      /only a has training data/,
      'BAD_INPUT',
    ],
    [
      'no training data',
      { [PAIRS]: undefined },
      /no training data: neither .*routing_train_data\.json nor .*pairwise/,
      'MISSING_FILE',
    ],
    ['no test rows in the file', { [TEST]: [] }, /holds no test rows/, 'BAD_INPUT'],
    [
      'a truncated file',
      { [TEST]: '[{"task_name": "ma' },
      /routing_test_data\.json: line 1, column 19: the text ends inside a string/,
      'CORRUPT_FILE',
    ],
    [
      'an infinite score',
      { [CARDS]: '{"a": {"feature": "A", "detailed_scores": {"math": 1e999}}}' },
      /detailed_scores\.math: is Infinity, expected a number/,
      'BAD_INPUT',
    ],
    [
      'a __proto__ model',
      { [CARDS]: '{"__proto__": {"feature": "A"}}' },
      /the key __proto__ is not allowed/,
      'BAD_INPUT',
    ],
  ])('such as %s', async (_what, changes, message, code) => {
    const error = await failureOf(() => loadDataset(folder(changes)));
    expect([[error.message, ...error.details].join('\n'), error.code]).toEqual([expect.stringMatching(message), code]);
  });

  it('is only a warning for a domain that names an unknown task', async () => {
    const dataset = await loadDataset(
      folder({ 'profile_data/domain_task_map.json': { reasoning: ['math', 'ghost'] } }),
    );
    expect(dataset.domains[0]!.tasks).toEqual(['math']);
    expect(dataset.warnings).toEqual([expect.stringContaining('ghost (in reasoning)')]);
  });
});

const real = join(process.env['ROUTEPROFILE_DATA'] ?? '', 'routeprofile');
describe.runIf(process.env['ROUTEPROFILE_DATA'] !== undefined && existsSync(real))('the published data', () => {
  const test = join(real, 'route_data', 'routing_dev_data.json');

  it('load in mode standard with the constants of the table', async () => {
    const dataset = await loadDataset(real, { test });
    expect([dataset.candidates.length, dataset.cards.length, dataset.tasks.length, dataset.families.length]).toEqual([
      8, 24, 44, 5,
    ]);
    expect([dataset.train.queries.length, dataset.train.pairs.length]).toEqual([1027, 4200]);
    expect(dataset.cards.reduce((sum, card) => sum + card.scores.size, 0)).toBe(359);
    expect(dataset.domains.flatMap(({ tasks }) => tasks)).toHaveLength(38);
    const mean = (model: string) => {
      const column = dataset.test.models.indexOf(model);
      return dataset.test.queries.reduce((sum, _, q) => sum + dataset.test.values.score[q * 8 + column]!, 0) / 300;
    };
    expect(mean('qwen2.5-7b-instruct')).toBeCloseTo(0.494448, 6);
    expect(mean('mistral-small-24b-instruct-2501-bf16')).toBeCloseTo(0.614031, 6);
    expect(dataset.candidates.every(({ price }) => price !== undefined)).toBe(true);
  });

  it('load in mode newllm, with the one new model', async () => {
    const dataset = await loadDataset(real, { test, mode: 'newllm' });
    expect(dataset.newModels).toEqual(['mistral-small-24b-instruct-2501-bf16']);
    expect([dataset.train.queries.length, dataset.train.pairs.length]).toEqual([993, 4070]);
    expect(dataset.cards.reduce((sum, card) => sum + card.scores.size, 0)).toBe(351);
  });
});
