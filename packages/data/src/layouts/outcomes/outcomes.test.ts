import { afterAll, describe, expect, it } from 'vitest';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { QueryRecord } from '@routeprofile/schema';
import { describeLayoutContract } from '@routeprofile/schema/testing';
import { loadDataset } from '../load.js';
import { outcomesLayout } from './outcomes.js';
import { failureOf } from '../../disk/testing.js';
import { folderOf, outcomeRow as row, publishedFiles, routingRow, temporaryFolder } from '../../dataset/testing.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (files: Record<string, unknown>) => folderOf(root, `d${count++}`, files);
const rowsFolder = (rows: unknown[], more: Record<string, unknown> = {}) => folder({ 'outcomes.jsonl': rows, ...more });

const basic = [
  row(
    '1',
    { a: 1, b: 0 },
    { models: { a: { score: 1, cost: 0.5, latency: 2 }, b: { score: 0, inputTokens: 100, outputTokens: 10 } } },
  ),
  row('2', { b: 1, a: 0.5 }, { task: 'u' }),
  row('3', { a: 0, b: 0 }),
  row('4', { a: 1, b: null }, { split: 'test', task: 'v' }),
  row('5', { a: 1, b: 0 }, { split: 'test', query: ' Question  1' }),
];

describeLayoutContract({ describe, it, expect }, outcomesLayout, {
  good: async () => rowsFolder([...basic, row('6', { a: 0, b: 1 }, { split: 'test', task: 'u' })]),
  foreign: async () => [folder({}), folder(publishedFiles()), folder({ 'models.json': {}, 'meta.json': {} })],
  broken: async () => ({
    folder: rowsFolder([...basic, row('1', { a: 2 }), row('7', { a: 1 }, { query: ' ' })], {
      'models.json': { a: { feature: 3, detailed_scores: {} } },
    }),
    problems: ['outcomes.jsonl: line 6: id', 'outcomes.jsonl: line 7: query', 'models.json: a.feature'],
  }),
  incomplete: async () => ({ folder: rowsFolder(basic), file: 'absent.json', options: { test: 'absent.json' } }),
});

describe('outcomes layout', () => {
  it('gives training outcomes, scores with counts, pairs, costs and test rows', async () => {
    const card = {
      feature: 'Model b.',
      architecture: 'Fam',
      detailed_scores: { u: 3, other: 7 },
      input_price: 1,
      output_price: 3,
      context_tokens: 4000,
      capabilities: { json_mode: true, tools: false, region: 'eu' },
    };
    const dataset = await loadDataset(
      rowsFolder(basic, { 'models.json': { b: card }, 'meta.json': { name: 'mine', simulated: true } }),
    );
    expect(dataset).toMatchObject({
      name: 'mine',
      layout: 'outcomes',
      simulated: true,
      mode: 'standard',
      newModels: [],
      leftOut: [],
      overlap: 1,
    });
    expect(dataset.candidates).toEqual([
      {
        id: 'b',
        model: 'b',
        price: { input: 1, output: 3 },
        limits: { contextTokens: 4000 },
        capabilities: { jsonMode: true, tools: false, region: 'eu' },
        tokensPerTask: { t: { input: 100, output: 10 } },
      },
      { id: 'a', model: 'a', latency: { total: 2 } },
    ]);
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(0, 1, 1, 0.5, 0, 0));
    expect(dataset.train.outcomes!.cost.slice(0, 2)).toEqual(Float64Array.of((100 + 30) / 1e6, 0.5));
    expect(dataset.train.pairs).toEqual([
      { query: 0, better: 1, worse: 0 },
      { query: 1, better: 0, worse: 1 },
    ]);
    expect([...dataset.cards[0]!.scores]).toEqual([
      ['t', { value: 0, count: 2 }],
      ['u', { value: 100, count: 1 }],
      ['other', { value: 7 }],
    ]);
    expect(dataset.cards[1]).toMatchObject({
      name: 'a',
      family: null,
      auxiliary: false,
      text: 'a. Mean scores out of 100 on the training queries: t 50.0, u 50.0.',
    });
    expect(dataset.families).toEqual([{ name: 'Fam', text: expect.any(String) as string }]);
    expect(dataset.tasks.map(({ name }) => name)).toEqual(['t', 'u', 'other']);
    expect(dataset.taskQueries).toEqual([
      { task: 't', queries: ['question 1', 'question 3'] },
      { task: 'u', queries: ['question 2'] },
    ]);
    expect(dataset.test.queries.map(({ id }) => id)).toEqual(['4', '5']);
    expect(dataset.test.values.score).toEqual(Float64Array.of(NaN, 1, 0, 1));
    expect(dataset.warnings).toEqual([expect.stringMatching(/^1 test row of tasks without training rows \(v\)/)]);
  });

  it('takes cards that hold prices, limits and latencies alone', async () => {
    const card = {
      input_price: 1,
      output_price: 3,
      price_source: 'prices.json',
      price_date: '2026-11-29',
      max_output_tokens: 500,
      capabilities: { json_schema: true, audio: false, reasoning: true },
      latency: { per_output_token: 0.02, total: 9, p90: 20 },
    };
    const rows = rowsFolder(basic, { 'models.json': { a: card, b: {} } });
    const { candidates, cards, warnings } = await loadDataset(rows);
    const [described, bare] = await Promise.all([loadDataset(rowsFolder(basic)), loadDataset(rows)]);
    expect(candidates[0]).toMatchObject({
      id: 'a',
      price: { input: 1, output: 3 },
      limits: { maxOutputTokens: 500 },
      capabilities: { jsonSchema: true, audio: false, reasoning: true },
      // The training rows have a latency of 2 seconds.
      latency: { perOutputToken: 0.02, total: 2 },
    });
    expect(candidates[0]!.latency).not.toHaveProperty('p90');
    expect(candidates[1]).toMatchObject({ id: 'b', model: 'b' });
    expect(cards.map(({ text }) => text)).toEqual(described.cards.map(({ text }) => text));
    expect(bare.hash).not.toBe(described.hash);
    expect(warnings.filter((warning) => warning.startsWith('models.json'))).toEqual([]);
  });

  it('has the same hash for the same contents and options, wherever the folder lies', async () => {
    const load = async (rows: unknown[], options = {}) => (await loadDataset(rowsFolder(rows), options)).hash;
    expect(await load(basic)).toBe(await load(basic));
    expect(await load(basic)).not.toBe(await load(basic, { seed: 1 }));
    expect(await load(basic)).not.toBe(await load([...basic, row('6', { a: 1, b: 1 })]));
  });

  it('averages training rows of the same text and task', async () => {
    const rows = [...basic, row('7', { a: 0, b: 1 }, { query: 'question 1' })];
    const dataset = await loadDataset(rowsFolder(rows));
    expect(dataset.train.queries.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(dataset.train.outcomes!.score.slice(0, 2)).toEqual(Float64Array.of(0.5, 0.5));
    expect(dataset.warnings).toContainEqual(expect.stringMatching(/^1 training row repeats/));
  });
});

describe('splits', () => {
  const many = Array.from({ length: 100 }, (_, i) =>
    row(
      `${i}`,
      { a: i % 2, b: (i + 1) % 2 },
      { task: i < 80 ? 'big' : 'small', split: 'test', query: `text ${i % 90}` },
    ),
  );

  it('cuts a single split 70/30 by the seed, stratified, equal texts on one side', async () => {
    const dir = rowsFolder(many);
    const dataset = await loadDataset(dir);
    const ids = (load: typeof dataset) => load.train.queries.map(({ id }) => id);
    expect(dataset.overlap).toBe(0);
    expect(dataset.train.queries.filter(({ task }) => task === 'big').length).toBeGreaterThanOrEqual(55);
    expect(new Set(dataset.train.queries.map(({ text }) => text)).size).toBe(63);
    expect(ids(await loadDataset(dir))).toEqual(ids(dataset));
    expect(ids(await loadDataset(dir, { seed: 7 }))).not.toEqual(ids(dataset));
    expect(new Set((await loadDataset(dir, { split: 0.5 })).train.queries.map(({ text }) => text)).size).toBe(45);
    expect(dataset.warnings).toContainEqual(expect.stringContaining('70 %'));
  });

  it('keeps the steps of a trajectory together, and what shares a text with one of them', async () => {
    const steps = Array.from({ length: 60 }, (_, i) => {
      // Three steps each; the last of every second trajectory has the text of the first of the next.
      const trajectory = `${Math.floor(i / 3)}`;
      const query = i % 6 === 2 ? `text ${i + 1}` : `text ${i}`;
      const trajectoryStep = { trajectory, index: i % 3, sharedTokens: 10 * (i % 3) };
      return row(`${i}`, { a: i % 2, b: (i + 1) % 2 }, { query, trajectoryStep, split: undefined });
    });
    const { train, test, overlap, warnings } = await loadDataset(rowsFolder(steps));
    const pairOf = ({ step }: QueryRecord) => Math.floor(Number(step!.trajectory) / 2);
    const [trained, tested] = [new Set(train.queries.map(pairOf)), new Set(test.queries.map(pairOf))];
    expect([trained.size, tested.size]).toEqual([7, 3]);
    expect([...trained].filter((pair) => tested.has(pair))).toEqual([]);
    expect(overlap).toBe(0);
    const last = test.queries.at(-1)!;
    expect(last.step).toEqual({ trajectory: expect.any(String) as string, index: 2, sharedTokens: 20 });
    expect(warnings.join('\n')).toMatch(/All steps of a trajectory stay on one side/);
  });

  it('uses other splits on request, and says what it leaves', async () => {
    const rows = [
      ...basic,
      row('8', { a: 1, b: 0 }, { split: 'ood' }),
      row('9', { a: 1, b: 0 }, { split: 'validation' }),
    ];
    const dataset = await loadDataset(rowsFolder(rows), { testSplit: 'ood' });
    expect(dataset.test.queries.map(({ id }) => id)).toEqual(['8']);
    expect(dataset.train.queries.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(dataset.warnings).toContainEqual('Not used: 3 rows of other splits (test, validation).');
  });

  it.each([
    [{ testSplit: 'nope' }, /splits train, test, test rows were expected in 'nope'/],
    [{ testSplit: 'train' }, /expected in 'train'/],
  ])('refuses %j', async (options, message) => {
    const error = await failureOf(() => loadDataset(rowsFolder(basic), options));
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringMatching(message)]);
  });

  it('refuses marked rows none of which is for training', async () => {
    const rows = basic.map((r, i) => ({ ...r, split: i % 2 ? 'test' : undefined }));
    expect((await failureOf(() => loadDataset(rowsFolder(rows)))).message).toMatch(
      /splits \(no split\), test, none of them is 'train'/,
    );
  });

  it('draws stratified limits', async () => {
    const dataset = await loadDataset(rowsFolder(many), { limitTrain: 20, limitTest: 10 });
    expect([dataset.train.queries.length, dataset.test.queries.length]).toEqual([20, 10]);
    expect(dataset.train.queries.filter(({ task }) => task === 'small').length).toBeGreaterThanOrEqual(2);
    expect(dataset.train.outcomes!.score.length).toBe(40);
    expect(dataset.taskQueries.flatMap(({ queries }) => queries)).toHaveLength(20);
  });
});

describe('test files', () => {
  const train = basic.map((r) => ({ ...r, split: undefined }));

  it('may be outcome lines or routing rows; all other rows are then for training', async () => {
    const dir = rowsFolder(train, {
      'more.jsonl': [row('x', { a: 1, b: 0 })],
      'more.json': [routingRow('t', 'new?', { b: 1, a: 0 })],
    });
    const lines = await loadDataset(dir, { test: join(dir, 'more.jsonl'), minCoverage: 0.5 });
    expect([lines.train.queries.length, lines.test.queries.map(({ id }) => id)]).toEqual([5, ['x']]);
    const routing = await loadDataset(dir, { test: join(dir, 'more.json'), minCoverage: 0.5 });
    expect(routing.test.queries).toEqual([{ id: 'test:0', text: 'new?', task: 't' }]);
    expect(routing.test.values.score).toEqual(Float64Array.of(0, 1));
    expect(routing.test.values.inputTokens).toEqual(Float64Array.of(100, 100));
    expect(lines.hash).not.toBe(routing.hash);
  });

  it('that are missing or empty are named', async () => {
    const dir = rowsFolder(train, { 'empty.json': '[]' });
    expect(await failureOf(() => loadDataset(dir, { test: join(dir, 'none') }))).toMatchObject({
      code: 'MISSING_FILE',
    });
    expect((await failureOf(() => loadDataset(dir, { test: join(dir, 'empty.json') }))).message).toMatch(
      /empty\.json: holds no test rows/,
    );
  });
});

describe('the pool of models', () => {
  const rows = Array.from({ length: 40 }, (_, i) =>
    row(
      `${i}`,
      { a: 1, b: 0, ...(i < 37 ? { rare: 1 } : {}), ...(i >= 30 ? { fresh: 1 } : {}) },
      { split: i < 30 ? 'train' : 'test' },
    ),
  );

  it('leaves out models below the coverage, with their cards as auxiliary', async () => {
    const sparse = rows.map((r, i) =>
      i === 3 || i === 4 ? { ...r, models: { a: { score: 1 }, b: { score: 0 } } } : r,
    );
    const dataset = await loadDataset(rowsFolder(sparse));
    expect(dataset.candidates.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(dataset.leftOut).toEqual([
      { model: 'rare', coverage: 28 / 30 },
      { model: 'fresh', coverage: 0 },
    ]);
    expect(dataset.cards.map(({ name, auxiliary }) => [name, auxiliary])).toEqual([
      ['a', false],
      ['b', false],
      ['rare', true],
    ]);
    expect((await loadDataset(rowsFolder(sparse), { minCoverage: 0.9 })).candidates).toHaveLength(3);
    expect(dataset.warnings).toContainEqual(expect.stringMatching(/^2 models left out/));
  });

  it('takes models without training outcomes as new ones in mode newllm', async () => {
    const dataset = await loadDataset(rowsFolder(rows), { mode: 'newllm' });
    expect([dataset.candidates.map(({ id }) => id), dataset.newModels]).toEqual([
      ['a', 'b', 'rare', 'fresh'],
      ['fresh'],
    ]);
    expect(dataset.train.outcomes!.score.filter(Number.isNaN)).toHaveLength(30);
    expect(dataset.cards.at(-1)).toMatchObject({ name: 'fresh', text: 'fresh. No measured tasks.', auxiliary: false });
    const error = await failureOf(() => loadDataset(rowsFolder(basic), { mode: 'newllm' }));
    expect([error.code, error.message, error.hint]).toEqual([
      'BAD_INPUT',
      expect.stringContaining('no model is absent from the 3 training rows'),
      expect.stringContaining('mode standard'),
    ]);
  });

  it.each([
    [[row('1', { a: 1 }), row('2', { a: 1 }, { split: 'test' })], /nothing to route: only a has outcomes/],
    [[row('1', {}), row('2', {}, { split: 'test' })], /nothing to route: no model has outcomes/],
    [[row('1', { a: null, b: null }), row('2', { a: 1 }, { split: 'test' })], /nothing to route: no model/],
  ])('needs two', async (list, message) => {
    const error = await failureOf(() => loadDataset(rowsFolder(list)));
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringMatching(message)]);
  });
});

it('says what to do about outcomes of one model alone', async () => {
  const error = await failureOf(() => loadDataset(rowsFolder([row('1', { a: 1 }), row('2', { a: 1 })])));
  expect(error.hint).toMatch(/outcomes of one model alone.*--append/);
});

describe('rows without a task', () => {
  it('count with all tasks, and a set without any has one task of all queries', async () => {
    const dataset = await loadDataset(rowsFolder(basic.map((r) => ({ ...r, task: undefined }))));
    expect(dataset.tasks).toEqual([{ name: 'all', text: expect.stringContaining('All queries of') as string }]);
    expect(dataset.train.queries.every(({ task }) => task === null)).toBe(true);
    expect(dataset.cards[0]!.scores.get('all')).toEqual({ value: 50, count: 3 });
    expect(dataset.taskQueries[0]!.queries).toHaveLength(3);
    expect(dataset.warnings).toEqual([]);
    const some = await loadDataset(rowsFolder(basic.map((r, i) => (i === 0 ? { ...r, task: undefined } : r))));
    expect(some.warnings[0]).toBe('1 of 5 rows name no task: they count with all tasks.');
  });
});

describe('hostile rows', () => {
  it('are all reported at once, by line and path', async () => {
    const dir = folder({
      'outcomes.jsonl': [
        JSON.stringify(row('1', { a: 1, b: 0 })),
        JSON.stringify(row('1', { a: 1, b: 0 })),
        '{"id": "3", "query": "q", "models": {"a": {"score": "high"}}}',
        '{"id": "4", "query": "q", "models": {"a": {"score": NaN}}}',
        '{"id": "5", "query": "q", "models": {"__proto__": {"score": 1}}}',
        '{"id": "6", "query": "q", "models": {"a": {"score": 1}, "a": {"score": 0}}}',
        '{"id": "7", "query": " ", "models": {}}',
        '{"id": "8", "query": 5, "models": []}',
        '{"id": "9", "query": "q", "models": {"constructor": {"score": 1, "cost": -1}}}',
        '{"id": "10", "query": "q", "mod',
      ].join('\n'),
      'models.json': '{"a": {"feature": 3}}',
    });
    const error = await failureOf(() => loadDataset(dir));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain('11 problems; the first: models.json');
    expect(error.details).toEqual([
      'models.json: a.feature: is a number, expected a string',
      'outcomes.jsonl: line 2: id: 1 occurs already in line 1, expected an id of its own',
      'outcomes.jsonl: line 3: models.a.score: is a string, expected a number',
      expect.stringMatching(/^outcomes\.jsonl: line 4, column \d+: models\.a\.score: NaN is not JSON/),
      expect.stringMatching(/^outcomes\.jsonl: line 5, column \d+: models: the key __proto__ is not allowed/),
      expect.stringMatching(/^outcomes\.jsonl: line 6, column \d+: models: the key "a" occurs twice/),
      'outcomes.jsonl: line 7: query: is empty, expected text',
      expect.stringMatching(/^outcomes\.jsonl: line 8: query: is a number, expected a string or an array/),
      'outcomes.jsonl: line 8: models: is an array, expected an object',
      expect.stringMatching(/^outcomes\.jsonl: line 9: models\.constructor: .*reserved/),
      expect.stringMatching(/^outcomes\.jsonl: line 10, column \d+: the text ends inside a string/),
    ]);
  });

  it('are listed up to a bound and counted beyond it', async () => {
    const dir = folder({ 'outcomes.jsonl': Array.from({ length: 80 }, (_, i) => ({ id: `${i}` })) });
    const error = await failureOf(() => loadDataset(dir));
    expect(error.details).toHaveLength(50);
    expect(error.unlisted).toBe(110);
  });

  it('leave a very long query alone', async () => {
    const long = 'word '.repeat(20_000);
    const dataset = await loadDataset(rowsFolder([...basic, row('L', { a: 1, b: 0 }, { query: long })]));
    expect(dataset.train.queries.at(-1)!.text).toBe(long);
  });

  it('that are none, or a folder that is none, get one clear message', async () => {
    expect((await failureOf(() => loadDataset(folder({ 'outcomes.jsonl': '' })))).message).toBe(
      'outcomes.jsonl: holds no rows',
    );
    const neither = await failureOf(() => loadDataset(folder({})));
    expect([neither.code, neither.message]).toEqual([
      'MISSING_FILE',
      expect.stringContaining('expected outcomes.jsonl, or profile_data/ and route_data/'),
    ]);
    expect((await failureOf(() => loadDataset(join(root, 'nowhere')))).message).toContain('no such folder');
    expect((await failureOf(() => loadDataset(root, { split: 2 }))).code).toBe('BAD_OPTION');
    expect((await failureOf(() => loadDataset(rowsFolder(basic), { signal: AbortSignal.abort() }))).code).toBe(
      'ABORTED',
    );
  });
});

describe('chats', () => {
  const [first, ...others] = basic;
  const system = { role: 'system', content: 'Be brief.' };
  const question = { role: 'user', content: 'Why?' };

  it('are read as routers are asked: the last user message, and it is said', async () => {
    const chat = [system, { role: 'user', content: 'How?' }, { role: 'assistant', content: 'So.' }, question];
    const dataset = await loadDataset(rowsFolder([{ ...first!, query: chat }, ...others]));
    expect(dataset.train.queries[0]!.text).toBe('Why?');
    expect(dataset.warnings).toContainEqual(
      expect.stringMatching(/^outcomes\.jsonl: 1 of 5 queries is a chat of several messages; .* last user message$/),
    );
    const single = await loadDataset(rowsFolder([{ ...first!, query: [question] }, ...others]));
    expect(single.warnings.filter((text) => text.includes('messages'))).toEqual([]);
  });

  it('in which no user speaks are refused', async () => {
    const error = await failureOf(() => loadDataset(rowsFolder([{ ...first!, query: [system] }, ...others])));
    expect(error.message).toMatch(/line 1: query: holds no user message with text, expected one$/);
  });
});

describe('formatted prompts', () => {
  it('are used where stored, and missed aloud', async () => {
    const formatted = { formatted_query: { system: 'Be brief.', user: 'Q' } };
    const dataset = await loadDataset(rowsFolder(basic.map((r, i) => (i === 0 ? { ...r, ...formatted } : r))), {
      queryText: 'formatted',
    });
    expect(dataset.train.queries.map(({ text }) => text)).toEqual(['Be brief.\n\nQ', 'question 2', 'question 3']);
    expect(dataset.warnings[0]).toMatch(/^4 of 5 outcome queries have no stored prompt/);
    // What repeats is told by the queries themselves, not by the template around them.
    expect(dataset.overlap).toBe(1);
  });
});

const outcomes = join(process.env['ROUTEPROFILE_DATA'] ?? '', 'outcomes');
describe.runIf(process.env['ROUTEPROFILE_DATA'] !== undefined && existsSync(outcomes))('real outcomes', () => {
  it('of ZeroEval: 60 models on one split, no flags', async () => {
    const dataset = await loadDataset(join(outcomes, 'zeroeval'));
    expect([dataset.train.queries.length, dataset.test.queries.length]).toEqual([1988, 852]);
    expect(dataset.candidates.length + dataset.leftOut.length).toBe(60);
    expect(dataset.leftOut.every(({ coverage }) => coverage < 0.95)).toBe(true);
  });

  it('of RouterBench: splits as marked, dollars per call', async () => {
    const dataset = await loadDataset(join(outcomes, 'routerbench-3task'));
    expect([dataset.train.queries.length, dataset.test.queries.length, dataset.candidates.length]).toEqual([
      2212, 952, 11,
    ]);
    const complete = dataset.test.queries.filter((_, q) =>
      dataset.candidates.every((_, m) => !Number.isNaN(dataset.test.values.score[q * 11 + m])),
    );
    expect(complete).toHaveLength(945);
    expect(dataset.test.values.cost.filter((cost) => cost > 0).length).toBeGreaterThan(10_000);
  });
});
