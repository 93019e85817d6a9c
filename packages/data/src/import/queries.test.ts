import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadDataset } from '../layouts/load.js';
import { csv, jsonl, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

describe('queries and their ids', () => {
  it('keeps queries apart whose id starts again with each task', async () => {
    const { rows, warnings } = await bench.import(
      'a.csv',
      csv(
        'id,task,query,model,score',
        '7,law,Who sues?,a,1',
        '7,law,Who sues?,b,0',
        '7,art,Who paints?,a,0',
        '7,art,Who paints?,b,1',
      ),
    );
    expect(rows).toBe(2);
    expect(bench.rows().map(({ id, query }) => [id, query])).toEqual([
      ['law:7', 'Who sues?'],
      ['art:7', 'Who paints?'],
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^1 id stands for queries of different text or task \(7\)/)]);
    await loadDataset(bench.out);
  });

  it('never merges one id with several texts, even within a task, nor gives an id twice', async () => {
    await bench.import(
      'a.csv',
      csv('id,query,model,score', '1,one,a,1', '1,one,b,0', '1,two,a,0', '1,two,b,1', '1#2,three,a,1', '1#2,three,b,1'),
    );
    expect(bench.rows().map(({ id }) => id)).toEqual(['1', '1#2', '1#2#2']);
  });

  it('puts calls with ids of their own together by their text and task, and says so', async () => {
    const { rows, warnings } = await bench.import(
      'a.csv',
      csv('call_id,query,model,score', 'x1,one,a,1', 'x2,one,b,0', 'x3,two,a,0', 'x4,two,b,1', 'x5,three,a,0'),
    );
    expect(rows).toBe(3);
    expect(warnings).toEqual(['4 calls of 2 queries were put together by their text, though their ids differ.']);
    expect(bench.rows()[0]).toEqual({ id: 'x1', query: 'one', models: { a: { score: 1 }, b: { score: 0 } } });
  });

  it('averages a model that answered a query several times, and says of how many', async () => {
    const { warnings } = await bench.import(
      'a.csv',
      csv('query,model,score', 'one,a,1', 'one,a,0', 'one,a,0', 'one,b,0'),
    );
    expect(bench.rows()[0]!.models['a']).toEqual({ score: 1 / 3 });
    expect(warnings).toEqual(['2 outcomes of a model on the same query as before, in 4 calls: averaged.']);
  });

  it('says when the answers of one query differ', async () => {
    const { warnings } = await bench.import('a.csv', csv('query,model,score,answer', 'one,a,1,4', 'one,b,0,five'));
    expect(warnings).toEqual([expect.stringMatching(/^1 query has rows that differ in "answer".*--answer/)]);
  });

  it('reads messages, objects with messages and JSON texts of them as their query', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:,' } };
    const messages = (text: string) => [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: [{ type: 'text', text }, image] },
    ];
    const { rows, warnings, columns } = await bench.import(
      'a.jsonl',
      jsonl(
        { messages: messages('one'), model: 'a', score: 1 },
        { messages: JSON.stringify(messages('one')), model: 'b', score: 0 },
        { messages: { messages: messages('two') }, model: 'a', score: 1 },
        { messages: [{ type: 'text', text: 'two' }], model: 'b', score: 1 },
        { messages: '{"json": "of another kind"}', model: 'b', score: 1 },
      ),
    );
    expect([rows, columns.query]).toEqual([3, 'messages']);
    expect(bench.rows().map(({ query }) => query)).toEqual(['one', 'two', '{"json": "of another kind"}']);
    expect(warnings[0]).toMatch(/^3 parts of messages without text .* left out of 3 calls/);
  });

  it('refuses a query cell without text of a user', async () => {
    const error = await bench.refused(
      'a.jsonl',
      jsonl({ query: [{ role: 'assistant', content: 'Hi.' }], model: 'a', score: 1 }),
    );
    expect(error.message).toMatch(/line 1: query: is an array without text of a user/);
  });
});
