import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '@routeprofile/schema';
import { afterAll, describe, expect, it } from 'vitest';
import { failureOf } from '../disk/testing.js';
import { folderOf, outcomeRow, publishedFiles, routingRow, temporaryFolder } from '../dataset/testing.js';
import { checkDataset, type DatasetCheck } from './check.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (files: Record<string, unknown>) => folderOf(root, `d${count++}`, files);
const found = (check: DatasetCheck) => Object.fromEntries(check.oddities.map(({ kind, count: n }) => [kind, n]));

describe('checkDataset', () => {
  it('counts everything of a good dataset', async () => {
    const check = await checkDataset(folder(publishedFiles()));
    expect(check.problems).toEqual([]);
    expect(check.summary).toMatchObject({
      layout: 'published',
      auxiliaryModels: 1,
      families: 1,
      tasks: 2,
      domains: 1,
      taskQueries: 2,
      scores: 7,
      pricedCandidates: 1,
      train: { queries: 3, pairs: 4, outcomes: false },
      test: { rows: 2, complete: 1, withCost: 0 },
      overlap: 1,
      perTask: [
        { task: 'math', train: 1, test: 1 },
        { task: 'qa', train: 2, test: 1 },
      ],
    });
  });

  it('finds what is odd in published files', async () => {
    const card = (scores: Record<string, number | null>, extra = {}) => ({
      feature: 'Costs $0.30 a call.',
      detailed_scores: scores,
      ...extra,
    });
    const others = Object.fromEntries(
      [
        [50, 60],
        [50, 61],
        [51, 62],
        [51, 63],
        [52, 64],
        [52, 65],
      ].map(([math, qa], i) => [`aux${i}`, card({ math: math!, qa: qa! })]),
    );
    const check = await checkDataset(
      folder(
        publishedFiles({
          'profile_data/model_feature_standard.json': {
            a: card({ math: 10, qa: -7 }, { input_price: 0.2, output_price: 0.2 }),
            b: card({ math: 12, qa: 30, maths: null }, { role: 'auxiliary', router_enabled: false }),
            c: {
              feature: 'x/c',
              model: 'C is a model that was trained to answer questions.',
              detailed_scores: { math: 11 },
            },
            ...others,
          },
          'profile_data/task_feature.json': { math: 'Sums.', qa: 'Questions.', never: 'Nobody.' },
          'profile_data/domain_task_map.json': { reasoning: ['math', 'Math'] },
          'profile_data/task_queries_standard.json': { math: ['1+1?', '1+1?  '], qa: ['2+2?'] },
          'route_data/routing_test_data.json': [
            routingRow('math', '2+2?', { a: 1, b: 0, c: 1 }, { metric: 'EM', choices: "['a'" }),
            routingRow('qa', 'Who?', { a: 1, b: 0, c: null }, { choices: "{'text': ['x'], 'label': ['A']}" }),
          ],
        }),
      ),
    );
    expect(check.problems).toEqual([]);
    expect(found(check)).toEqual({
      'unknown-domain-task': 1,
      'swapped-fields': 1,
      'lonely-score-key': 1,
      'disagreeing-flags': 1,
      'disagreeing-cards': 3,
      'price-in-text': 2,
      'metric-spelling': 1,
      'unreadable-choices': 1,
      'duplicate-queries': 1,
      'test-in-task-queries': 1,
      'unscored-task': 1,
      'two-scales': 2,
      'repeated-scores': 1,
      'score-out-of-range': 1,
      'unscored-though-trained': 1,
      'missing-price': 1,
      'missing-price-auxiliary': 6,
      'constant-column': 4,
      'incomplete-rows': 1,
      'train-test-overlap': 1,
    });
    expect(check.oddities.find(({ kind }) => kind === 'two-scales')!.examples).toEqual([
      'math: candidates 10 to 12, others 50 to 52',
      'qa: candidates -7 to 30, others 60 to 65',
    ]);
  });

  it('finds what is odd in outcomes: shared prefixes, constant columns, gaps, duplicates', async () => {
    const prefix = 'Read the five examples. '.repeat(30);
    const rows = Array.from({ length: 30 }, (_, i) =>
      outcomeRow(
        `${i}`,
        { a: 1, b: i % 2, ...(i < 3 ? { rare: 1 } : {}) },
        { split: i < 20 ? 'train' : 'test', query: i === 7 ? 'odd one' : `${prefix}Question ${i % 29}` },
      ),
    );
    rows[4]!.models = { a: { score: -1 } };
    const check = await checkDataset(folder({ 'outcomes.jsonl': rows }), { minCoverage: 0.9 });
    expect(found(check)).toMatchObject({
      'left-out-models': 1,
      'shared-prefix': 1,
      'negative-score': 1,
      'incomplete-rows': 1,
      'missing-price': 2,
      'constant-column': 1,
      'train-test-overlap': 1,
    });
    expect(check.oddities.find(({ kind }) => kind === 'shared-prefix')!.examples[0]).toMatch(/^t: 7\d\d characters/);
  });

  it('lists what else is looked for, in a dataset without problems only', async () => {
    const inspect = async ({ train }: Dataset) => [
      { kind: 'odd', message: 'odd', count: train.queries.length, examples: [] },
    ];
    const good = await checkDataset(folder(publishedFiles()), {}, inspect);
    expect(good.oddities.at(-1)).toMatchObject({ kind: 'odd', count: 3 });
    const broken = folder(publishedFiles({ 'route_data/routing_test_data.json': '[' }));
    expect((await checkDataset(broken, {}, inspect)).oddities).toEqual([]);
    const failing = () => checkDataset(folder(publishedFiles()), {}, () => Promise.reject(new Error('no encoder')));
    await expect(failing()).rejects.toThrow('no encoder');
  });

  it('returns problems instead of throwing them, and looks at a folder without test rows', async () => {
    const broken = await checkDataset(folder(publishedFiles({ 'route_data/routing_test_data.json': '[' })));
    expect([broken.summary, broken.problems]).toEqual([
      null,
      [expect.stringMatching(/routing_test_data\.json: line 1, column 2/)],
    ]);
    const single = await checkDataset(
      folder({ 'outcomes.jsonl': [outcomeRow('1', { a: 1 }), outcomeRow('2', { a: 1 }, { split: 'test' })] }),
    );
    expect(single.problems).toEqual([expect.stringContaining('nothing to route')]);
    const half = (id: number, models: Record<string, number | null>) => outcomeRow(String(id), models);
    const log = folder({
      'outcomes.jsonl': [
        ...Array.from({ length: 80 }, (_, i) => half(i, { a: null, b: null })),
        ...Array.from({ length: 70 }, (_, i) => half(80 + i, i % 2 === 0 ? { a: 1 } : { b: 0 })),
      ],
    });
    const { coverage } = await checkDataset(log, { minOutcomes: 36 });
    // Rows without any outcome say nothing of how the others were asked; and what is enough is what the option says.
    expect(coverage).toMatchObject({ kind: 'one-model-per-query', rows: 150, oneModelRows: 70 });
    expect(coverage!.notes.join(' ')).toMatch(/Too few outcomes for that \(under 36\): a: 35, b: 35/);
    const untested = await checkDataset(folder(publishedFiles({ 'route_data/routing_test_data.json': undefined })));
    expect([untested.problems, untested.oddities[0]!.kind, untested.summary!.test.rows]).toEqual([
      [],
      'no-test-rows',
      0,
    ]);
    expect((await failureOf(() => checkDataset(folder({})))).code).toBe('MISSING_FILE');
  });
});

const data = process.env['ROUTEPROFILE_DATA'] ?? '';
describe.runIf(data !== '' && existsSync(join(data, 'routeprofile')))('the real data', () => {
  it('published: shows every known oddity', async () => {
    const dir = join(data, 'routeprofile');
    const check = await checkDataset(dir, { test: join(dir, 'route_data', 'routing_dev_data.json') });
    expect(check.problems).toEqual([]);
    expect(found(check)).toMatchObject({
      'unknown-domain-task': 1,
      'swapped-fields': 1,
      'lonely-score-key': 1,
      'disagreeing-flags': 1,
      'disagreeing-cards': 2,
      'price-in-text': 1,
      'metric-spelling': 2,
      'unscored-task': 15,
      'two-scales': 3,
      'candidates-only-score': 1,
      'repeated-scores': 1,
      'score-out-of-range': 1,
      'unscored-though-trained': 3,
      'missing-price-auxiliary': 16,
      'train-test-overlap': 7,
    });
    expect(found(check)['unreadable-choices']).toBeUndefined();
  });

  it('RouterBench: two tasks share a prefix of over 1,200 characters', async () => {
    const check = await checkDataset(join(data, 'outcomes', 'routerbench-3task'));
    expect(check.oddities.find(({ kind }) => kind === 'shared-prefix')).toMatchObject({
      count: 2,
      examples: [expect.stringMatching(/1,653/), expect.stringMatching(/1,221/)],
    });
  });
});
