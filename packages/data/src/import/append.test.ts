import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../disk/testing.js';
import { csv, jsonl, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

const written = () => readFileSync(join(bench.out, 'outcomes.jsonl'), 'utf8');
const HAND_WRITTEN = [
  { id: 'x', task: 't', split: 'train', query: 'one', models: { a: { score: 1, cost: 0.5 } }, note: 'by hand' },
  { id: 'q2', query: [{ role: 'user', content: 'two' }], models: { a: { score: 0 } } },
];

describe('adding to a dataset', () => {
  beforeEach(() => {
    mkdirSync(bench.out);
    writeFileSync(join(bench.out, 'outcomes.jsonl'), jsonl(...HAND_WRITTEN));
    writeFileSync(join(bench.out, 'meta.json'), '{"name": "mine"}\n');
  });

  it('completes rows, adds others, and leaves what was there as it was', async () => {
    const { warnings, rows } = await bench.import(
      'a.csv',
      csv(
        'id,task,query,model,score',
        '1,t,one,b,0',
        '2,,two,b,1',
        '3,,three,b,1',
        '3,,three,a,1',
        '4,u,one,b,1',
        '1,t,one,a,1',
      ),
      { append: true },
    );
    expect(rows).toBe(4);
    expect(bench.rows()).toEqual([
      { ...HAND_WRITTEN[0], models: { a: { score: 1, cost: 0.5 }, b: { score: 0 } } },
      { ...HAND_WRITTEN[1], models: { a: { score: 0 }, b: { score: 1 } } },
      { id: '3', query: 'three', models: { b: { score: 1 }, a: { score: 1 } } },
      { id: '4', task: 'u', query: 'one', models: { b: { score: 1 } } },
    ]);
    expect(warnings).toEqual([
      'Added to 2 queries that were there: 2 new queries; 1 outcome that was there already, with the same values, was left as it is.',
      '2 new queries name no split, as rows that were there do: they are not used until they have one (--default-split NAME).',
    ]);
    expect(readFileSync(join(bench.out, 'meta.json'), 'utf8')).toContain('mine');
  });

  it('changes nothing when the same is imported again', async () => {
    const table = csv('task,query,model,score,cost', 't,one,a,1,0.5', 't,one,b,0,', ',two,a,0,', ',new,b,0,');
    await bench.import('a.csv', table, { append: true });
    const once = written();
    const { warnings } = await bench.import('a.csv', table, { append: true });
    expect(written()).toBe(once);
    expect(warnings.join()).toMatch(/0 new queries; 4 outcomes that were there already/);
  });

  it('never gives an id twice', async () => {
    await bench.import('a.csv', csv('id,query,model,score', 'x,four,b,1', 'q2,five,b,1', ',six,b,0'), { append: true });
    const ids = bench.rows().map(({ id }) => id);
    expect([ids.slice(0, 2), new Set(ids).size]).toEqual([['x', 'q2'], 5]);
  });

  it('refuses outcomes that contradict what is there, each by name, and writes nothing', async () => {
    const before = written();
    const error = await failureOf(() =>
      bench.import('a.csv', csv('task,query,model,score', 't,one,a,0', ',two,a,1', ',two,b,1'), { append: true }),
    );
    expect(error.details.map((line) => line.slice(line.indexOf('id ')))).toEqual(
      expect.arrayContaining([
        'id "x": models.a: score is 1 there and 0 here',
        'id "q2": models.a: score is 0 there and 1 here',
      ]),
    );
    expect(written()).toBe(before);
  });

  it('makes a dataset where there is none, and is not given with --replace', async () => {
    const error = await failureOf(() =>
      bench.import('a.csv', csv('query,model,score', 'one,a,1'), { append: true, replace: true }),
    );
    expect(error.code).toBe('BAD_OPTION');
    bench.next();
    await bench.import('a.csv', csv('query,model,score', 'one,a,1', 'one,b,1'), { append: true });
    expect(bench.rows()).toHaveLength(1);
  });

  it('marks what was asked for on purpose, as collect writes it, and adds its answers', async () => {
    bench.next();
    await bench.import('a.csv', csv('id,query,model,score,propensity', 'x,one,a,1,0.9', 'y,two,a,0,0.9'));
    const asked = [
      { id: 'x', query: 'one', models: { b: { score: 0.5, propensity: 1 } }, metric: 'em' },
      { id: 'y', query: 'two', models: { a: { score: null, propensity: 1 } } },
    ];
    const { preset } = await bench.import('asked.jsonl', jsonl(...asked), { append: true });
    expect(preset).toBe('outcomes');
    expect(bench.rows().map(({ models }) => models)).toEqual([
      { b: { score: 0.5, propensity: 1 }, a: { score: 1, propensity: 0.9 } },
      { a: { score: 0, propensity: 1 } },
    ]);
    const again = await bench.import('asked.jsonl', jsonl(...asked), { append: true });
    expect(again.rows).toBe(2);
  });

  it('refuses what is not a dataset', async () => {
    writeFileSync(join(bench.out, 'outcomes.jsonl'), '{"id": "x"}\n');
    const error = await failureOf(() => bench.import('a.csv', csv('query,model,score', 'one,a,1'), { append: true }));
    expect(error.message).toMatch(/line 1: is not a row with id, query and models/);
  });
});
