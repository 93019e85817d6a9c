import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportOptions } from './import.js';
import { csv, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

describe('scores, units and times', () => {
  it.each([
    ['up', 'down'],
    ['👍🏽', '👎'],
    ['PASS', 'FAIL'],
    ['C', 'I'],
    ['yes', 'no'],
    ['thumbs_up', 'thumbs-down'],
    ['positive', 'negative'],
    ['correct', 'incorrect'],
  ])('reads scores in words: %s and %s', async (right, wrong) => {
    const { warnings } = await bench.import('a.csv', csv('query,model,score', `one,a,${right}`, `one,b,${wrong}`));
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 1 }, b: { score: 0 } });
    expect(warnings).toEqual([`Scores in words: ${right} = 1 (1), ${wrong} = 0 (1).`]);
  });

  it.each([
    ['score', '5e-324', 'expected 0 or a size of at least'],
    ['cost', '1e300', 'expected dollars per call'],
    ['output_tokens', '1e12', 'expected a count of tokens'],
    ['latency_ms', '1e15', 'expected seconds'],
  ])('refuses a %s of %s, which no dataset may hold', async (column, value, said) => {
    const table =
      column === 'score'
        ? csv('query,model,score', `one,a,${value}`, 'one,b,1')
        : csv(`query,model,score,${column}`, `one,a,1,${value}`, 'one,b,1,1');
    const error = await bench.refused('a.csv', table);
    expect(`${error.message} ${error.details.join(' ')}`).toContain(`line 2: ${column}: is `);
    expect(`${error.message} ${error.details.join(' ')}`).toContain(said);
  });

  it('writes a mean too small for a dataset as 0', async () => {
    await bench.import('a.csv', csv('query,model,score', 'one,a,1e-18', 'one,a,0', 'one,b,1'));
    expect(bench.rows()[0]!.models['a']).toEqual({ score: 0 });
  });

  it('refuses scores beyond 1 without a scale, naming their range and the flag', async () => {
    const error = await bench.refused('a.csv', csv('query,model,grade', 'one,a,9', 'one,b,4.5'));
    expect(error.message).toMatch(/scores in "grade" run from 4.5 to 9/);
    expect(error.hint).toContain('--scale 0-10');
  });

  it('names the model whose scores are on another scale than the others', async () => {
    const error = await bench.refused('a.csv', csv('query,model,score', 'one,a,85', 'one,b,0.5'));
    expect(error.message).toMatch(/run from 85 to 85 for a, and within 0 to 1 for b/);
    const { warnings } = await bench.import('a.csv', csv('query,model,score', 'one,a,85', 'one,b,0.5'), {
      scale: 'percent',
    });
    expect(warnings).toEqual([expect.stringMatching(/^All scores of b lie within 0 to 1/)]);
  });

  it.each<[string, ImportOptions, unknown]>([
    ['4.5', { scale: '0-10' }, 0.45],
    ['2', { scale: '1-5' }, 0.25],
    ['45', { scale: 'percent' }, 0.45],
    ['45', { scoreScale: 100 }, 0.45],
    ['45 %', {}, 0.45],
    ['45%', { scale: 'percent' }, 0.45],
    ['-3', { scale: 'as-is' }, -3],
    ['pass', { scale: '0-10' }, 1],
  ])('puts a score of %s with %j to 0 to 1', async (cell, options, score) => {
    await bench.import('a.csv', csv('query,model,score', `one,a,${cell}`, 'one,b,1'), options);
    expect(bench.rows()[0]!.models['a']).toEqual({ score });
  });

  it.each<[string, ImportOptions]>([
    ['11', { scale: '0-10' }],
    ['0', { scale: '1-5' }],
    ['145 %', {}],
    ['-1', {}],
  ])('refuses a score of %s with %j', async (cell, options) => {
    const error = await bench.refused('a.csv', csv('query,model,score', `one,a,${cell}`, 'one,b,1'), options);
    expect(error.code).toBe('BAD_INPUT');
  });

  const tasks = (...lines: string[]) => csv('task,query,model,score', ...lines);
  const scoresByTask = () => bench.rows().map(({ models }) => models);

  it('finds a scale per task: shares of one stay beside percentages, which is said once', async () => {
    const { warnings } = await bench.import(
      'a.csv',
      tasks('acc,q,a,1', 'acc,q,b,0', 'bleu,r,a,63', 'bleu,r,b,40', 'chrf,s,a,41', 'chrf,s,b,12'),
    );
    expect(scoresByTask()).toEqual([
      { a: { score: 1 }, b: { score: 0 } },
      { a: { score: 0.63 }, b: { score: 0.4 } },
      { a: { score: 0.41 }, b: { score: 0.12 } },
    ]);
    expect(warnings).toEqual([
      'Scores of bleu, chrf run from 12 to 63: they were read as percentages (--scale says another scale, --scale as-is keeps them); those of acc lie within 0 to 1, and were kept (--scale TASK=percent is for one task).',
    ]);
  });

  it('takes a scale per task, and one for the others', async () => {
    const lines = tasks('acc,q,a,1', 'acc,q,b,0.5', 'stars,r,a,5', 'stars,r,b,2', 'judge,s,a,10', 'judge,s,b,5');
    const refused = await bench.refused('a.csv', lines);
    expect(refused.message).toMatch(/of stars, judge run from 2 to 10/);
    expect(refused.hint).toContain('--scale stars=1-5,judge=0-10');
    await bench.import('a.csv', lines, { scale: 'stars=1-5, judge=0-10' });
    expect(scoresByTask()).toEqual([
      { a: { score: 1 }, b: { score: 0.5 } },
      { a: { score: 1 }, b: { score: 0.25 } },
      { a: { score: 1 }, b: { score: 0.5 } },
    ]);
    const { warnings } = await bench.import('a.csv', lines, { scale: '0-10', replace: true });
    expect(warnings).toEqual([expect.stringMatching(/^All scores of acc lie within 0 to 1/)]);
  });

  it('refuses a task with two scales, and names whose scores are on which', async () => {
    const bySource = await bench.refused(
      'a.csv',
      csv(
        'task,query,model,score,scored_by',
        't,q,a,85,judge',
        't,q,b,40,judge',
        't,r,a,1,user',
        't,r,b,0,user',
        'u,s,a,1,',
      ),
    );
    expect(bySource.message).toMatch(/of t run from 40 to 85 for judge, and within 0 to 1 for user/);
    expect(bySource.hint).toMatch(/put them on one first.*--scale t=percent/);
    const ten = await bench.refused('a.csv', tasks('bleu,q,a,85', 'bleu,q,b,40', 'mt,r,a,8', 'mt,r,b,3'));
    expect(ten.message).toMatch(/of bleu, mt run from 3 to 85/);
    expect(ten.hint).toContain('--scale bleu=percent,mt=0-10');
  });

  it.each(['1-5,percent', '=percent', 't=percent,t=0-5', 't=', 't=x'])('refuses the scale %s', async (scale) => {
    expect((await bench.refused('a.csv', tasks('t,q,a,1', 't,q,b,0'), { scale })).code).toBe('BAD_OPTION');
  });

  it('suggests stars where scores run from 1 to 5', async () => {
    const error = await bench.refused('a.csv', csv('query,model,rating', 'one,a,1', 'one,b,5'));
    expect(error.hint).toContain('--scale 1-5');
  });

  it('refuses a table without a single score', async () => {
    const error = await bench.refused('a.csv', csv('query,model,score', 'one,a,', 'one,b,'));
    expect(error.message).toMatch(/has no score at all: the column "score" is empty in every row/);
  });

  it('counts what was not measured, and names a model that never was', async () => {
    const { warnings } = await bench.import('a.csv', csv('query,model,score', 'one,a,1', 'one,b,', 'two,a,', 'two,b,'));
    expect(warnings).toEqual([
      '3 outcomes without a score, in 4 calls: counted as not measured.',
      'No score at all: b.',
    ]);
  });

  it.each<[string, ImportOptions, number]>([
    ['latency_ms', {}, 0.82],
    ['delayMs', {}, 0.82],
    ['latency', { latencyUnit: 'ms' }, 0.82],
    ['latency_s', {}, 820],
    ['latency_ms', { latencyUnit: 's' }, 820],
  ])('reads the unit of %s with %j', async (name, options, latency) => {
    const { warnings } = await bench.import(
      'a.csv',
      csv(`query,model,score,${name}`, 'one,a,1,820', 'one,b,1,820'),
      options,
    );
    expect(bench.rows()[0]!.models['a']).toEqual({ score: 1, latency });
    expect(warnings).toEqual([]);
  });

  it('doubts latencies of minutes whose unit nothing says', async () => {
    const { warnings } = await bench.import('a.csv', csv('query,model,score,latency', 'one,a,1,820', 'one,b,1,900'));
    expect(warnings).toEqual([expect.stringMatching(/mean is 860 s.*--latency-unit ms/)]);
  });

  const timed = (stamp: (day: number) => string | number) =>
    csv(
      'query,model,score,created_at',
      ...[3, 1, 4, 2].flatMap((day) => [`day ${day},a,1,${stamp(day)}`, `day ${day},b,0,${stamp(day)}`]),
    );

  it.each<[string, (day: number) => string | number]>([
    ['ISO 8601', (day) => `2026-03-0${day}T10:00:00Z`],
    ['seconds', (day) => Date.UTC(2026, 2, day, 10) / 1000],
    ['milliseconds', (day) => Date.UTC(2026, 2, day, 10)],
    ['a zone', (day) => `2026-03-0${day} 12:00:00+0200`],
  ])('splits by time: older rows train, newer rows test (%s)', async (_, stamp) => {
    const { warnings } = await bench.import('a.csv', timed(stamp), { splitByTime: 0.7 });
    expect(bench.rows().map(({ query, split }) => [query, split])).toEqual([
      ['day 3', 'train'],
      ['day 1', 'train'],
      ['day 4', 'test'],
      ['day 2', 'train'],
    ]);
    expect(warnings).toEqual([
      'Split by time: 3 queries before 2026-03-04T10:00:00Z for training, 1 query from then on for testing.',
    ]);
  });

  it('refuses a split by time without times, or with some that cannot be read', async () => {
    const none = await bench.refused('a.csv', csv('query,model,score', 'one,a,1', 'one,b,1'), { splitByTime: 0.5 });
    expect(none.message).toMatch(/has no column of times/);
    const bad = await bench.refused('a.csv', csv('query,model,score,ts', 'one,a,1,noon', 'one,b,1,'), {
      splitByTime: 0.5,
    });
    expect(bad.details).toEqual([
      expect.stringMatching(/line 2: ts: is "noon", expected a time/),
      expect.stringMatching(/line 3: ts: is empty/),
    ]);
    const same = await bench.refused('a.csv', csv('query,model,score,ts', 'one,a,1,2026-01-01', 'two,b,1,2026-01-01'), {
      splitByTime: 0.5,
    });
    expect(same.message).toMatch(/all queries have the same time/);
  });

  it('takes a production log with one model per query, and says what it is', async () => {
    const lines = Array.from({ length: 10 }, (_, i) => `question ${i},${i % 2 ? 'a' : 'b'},${i === 3 ? '' : i % 2}`);
    const { warnings, rows } = await bench.import('a.csv', csv('query,model,score', ...lines));
    expect(rows).toBe(10);
    expect(warnings.at(-1)).toMatch(
      /^This is a production log: each of its 10 queries was answered by one model, 9 of 10 with a score\..*b 0\.00 on 5, a 1\.00 on 4/,
    );
  });

  it.each(['a.jsonl', 'a.json'])('takes NaN and Infinity, which Python writes, for nothing: %s', async (name) => {
    const rows = [
      '{"query": "NaN or -Infinity?", "model": "a", "score": NaN, "cost": 0.5, "note": NaN}',
      '{"query": "NaN or -Infinity?", "model": "b", "score": 1, "cost": -Infinity, "note": "\\"NaN"}',
      '{"query": "two", "model": "b", "score": [NaN, 1, 0], "cost": Infinity}',
    ];
    const { warnings } = await bench.import(name, name === 'a.json' ? `[${rows.join(', ')}]` : rows.join('\n'));
    expect(bench.rows().map(({ query, models }) => [query, models])).toEqual([
      ['NaN or -Infinity?', { a: { score: null, cost: 0.5 }, b: { score: 1 } }],
      ['two', { b: { score: 0.5 } }],
    ]);
    expect(warnings.slice(0, 2)).toEqual([
      'NaN or Infinity in place of a value counts as none: score (2), cost (2).',
      '1 outcome without a score, in 3 calls: counted as not measured.',
    ]);
  });
});
