import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../disk/testing.js';
import { importOutcomes, type ImportOptions } from './import.js';
import { csv, jsonl, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

const CALLS = jsonl(
  { request_id: '1', question: 'Why?', model: 'a' },
  { request_id: '2', question: 'Why?', model: 'b' },
  { request_id: '3', question: 'How?', model: 'a' },
);
const importWith = (files: Readonly<Record<string, string>>, options: ImportOptions = {}) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(bench.dir, name), text);
  const below = Object.fromEntries(
    (['scores', 'queries'] as const).flatMap((name) =>
      options[name] === undefined ? [] : [[name, join(bench.dir, options[name])]],
    ),
  );
  return importOutcomes(join(bench.dir, Object.keys(files)[0]!), bench.out, { ...options, ...below });
};

describe('scores in a second file', () => {
  it.each<[string, string, ImportOptions]>([
    ['s.csv', csv('request_id,score', '1,1', '2,0', '9,1'), {}],
    ['s.csv', csv('request_id,latency,verdict', '1,7,pass', '2,8,fail', '9,1,pass'), {}],
    [
      's.jsonl',
      jsonl(
        { call: '1', quality: { mean: 1 } },
        { call: 2, quality: { mean: 0 } },
        { call: '9', quality: { mean: 0 } },
      ),
      { join: 'request_id=call', columns: { score: 'quality.mean' } },
    ],
    [
      's.json',
      JSON.stringify({
        data: [
          { request_id: '1', value: 1 },
          { request_id: '2', value: 0 },
          { request_id: '9', value: 1 },
        ],
      }),
      {},
    ],
  ])('are joined by an id that both have: %s %j', async (name, text, options) => {
    const { warnings } = await importWith({ 'calls.jsonl': CALLS, [name]: text }, { scores: name, ...options });
    expect(bench.rows().map(({ models }) => models)).toEqual([
      { a: { score: 1 }, b: { score: 0 } },
      { a: { score: null } },
    ]);
    expect(warnings.slice(0, 1)).toEqual([
      expect.stringMatching(
        /^Scores from .*: found for 2 of 3 records, the others count as not measured; 1 of its ids fit no record\.$/,
      ),
    ]);
    expect(warnings).toContain('1 outcome without a score, in 3 calls: counted as not measured.');
  });

  it.each(['id,score', 'decision,score'])(
    'are joined by the ids of decisions in a journal of the gateway: %s',
    async (header) => {
      const line = (id: string, served: string) => ({
        type: 'decision',
        record: { id, at: 0, text: `Why ${id}?`, ranked: [], router: {}, model: served, served, attempts: [] },
      });
      const journal = jsonl(
        { type: 'reserved', id: 'd1', units: 5 },
        line('d1', 'a'),
        line('d2', 'b'),
        line('d3', 'a'),
      );
      const { warnings } = await importWith(
        { 'journal.jsonl': journal, 's.csv': csv(header, 'd1,1', 'd2,0') },
        { scores: 's.csv' },
      );
      expect(bench.rows().map(({ models }) => models)).toEqual([
        { a: { score: 1 } },
        { b: { score: 0 } },
        { a: { score: null } },
      ]);
      // Lines about money hold no call, and are not counted.
      expect(warnings.join('\n')).toContain('found for 2 of 3 records');
    },
  );

  it('are averaged where an id has several, and one metric of several is read', async () => {
    const scores = jsonl(
      ...[1, 0].map((value) => ({ id: 'x', request_id: '1', name: 'ok', value })),
      { id: 'y', request_id: '2', name: 'ok', value: true },
      { id: 'z', request_id: '2', name: 'tone', value: 0.1 },
    );
    const { warnings } = await importWith({ 'calls.jsonl': CALLS, 's.jsonl': scores }, { scores: 's.jsonl' });
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 0.5 }, b: { score: 1 } });
    expect(warnings.join('\n')).toMatch(/1 score of .* averaged/);
    expect(warnings.join('\n')).toMatch(/ok is read, tone not/);
  });

  it.each<[string, ImportOptions, RegExp]>([
    ['request_id,score', { join: 'nonsense' }, /none of its ids is that of a record \(joined by nonsense\)/],
    ['other,score', {}, /has no id in common with the records/],
    ['request_id,colour', {}, /has no column of scores; its columns are request_id, colour/],
  ])('are refused where nothing fits: %s %j', async (header, options, message) => {
    const error = await failureOf(() =>
      importWith({ 'calls.jsonl': CALLS, 's.csv': csv(header, '1,1') }, { scores: 's.csv', ...options }),
    );
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringMatching(message)]);
    expect(error.hint).toMatch(/--(?:join|score)/);
  });

  it('are named as missing where there are none', async () => {
    const error = await failureOf(() => importWith({ 'calls.jsonl': CALLS }));
    expect(error.hint).toContain('--scores FILE --join COLUMN');
  });

  it('are joined to what tools export, by the ids that these have', async () => {
    const observations = jsonl(
      ...['a', 'b'].map((model) => ({
        ...{ id: `o-${model}`, traceId: `t-${model}`, type: 'GENERATION', startTime: '2025-06-01T10:00:00Z' },
        ...{ model, input: 'Hello?' },
      })),
    );
    const scores = jsonl(
      { id: '1', traceId: 't-a', observationId: 'o-a', name: 'ok', value: 1, dataType: 'NUMERIC' },
      { id: '2', traceId: 't-b', observationId: null, name: 'ok', value: 0, dataType: 'NUMERIC' },
    );
    const { preset } = await importWith({ 'o.jsonl': observations, 's.jsonl': scores }, { scores: 's.jsonl' });
    expect([preset, bench.rows()[0]!.models]).toEqual(['langfuse', { a: { score: 1 }, b: { score: 0 } }]);
  });
});

it('queries are joined as well, such as the problems of EvalPlus', async () => {
  const results = (status: string) =>
    JSON.stringify({ eval: { 'HumanEval/0': [{ task_id: 'HumanEval/0', base_status: status, plus_status: status }] } });
  writeFileSync(
    join(bench.dir, 'p.jsonl'),
    jsonl({ task_id: 'HumanEval/0', prompt: 'def add(a, b):', entry_point: 'add' }),
  );
  for (const [model, status] of [
    ['a', 'pass'],
    ['b', 'fail'],
  ])
    // prettier-ignore
    writeFileSync(join(bench.dir, `${model}_eval_results.json`), results(status!));
  await importOutcomes(join(bench.dir, '*_eval_results.json'), bench.out, { queries: join(bench.dir, 'p.jsonl') });
  expect(bench.rows()).toEqual([
    { id: 'HumanEval/0', task: 'HumanEval', query: 'def add(a, b):', models: { a: { score: 1 }, b: { score: 0 } } },
  ]);
});

describe('words of one’s own', () => {
  const text = csv('query,model,score', 'one,a,great', 'one,b,meh', 'two,a,5', 'two,b,2');

  it('are scores of 1 and 0, and so are numbers', async () => {
    const { warnings } = await bench.import('a.csv', text, { good: ['great', '5'], bad: ['Meh', '2'] });
    expect(bench.rows().map(({ models }) => models)).toEqual([
      { a: { score: 1 }, b: { score: 0 } },
      { a: { score: 1 }, b: { score: 0 } },
    ]);
    expect(warnings).toEqual(['Scores in words: great = 1 (1), meh = 0 (1), 5 = 1 (1), 2 = 0 (1).']);
  });

  it('are asked for, and cannot be both', async () => {
    expect((await bench.refused('a.csv', text)).message).toMatch(/--good and --bad/);
    expect((await bench.refused('a.csv', text, { good: ['x'], bad: ['x'] })).code).toBe('BAD_OPTION');
  });
});

it('a list of scores is averaged', async () => {
  await bench.import(
    'a.jsonl',
    jsonl({ query: 'one', model: 'a', score: [1, 0, 'pass'] }, { query: 'one', model: 'b', score: [] }),
  );
  expect(bench.rows()[0]!.models).toEqual({ a: { score: 2 / 3 }, b: { score: null } });
});
