import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportOptions } from './import.js';
import { csv, jsonl, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

describe('which column is what', () => {
  it('understands the usual spellings, and names what is not used', async () => {
    const { columns, unused } = await bench.import(
      'a.jsonl',
      jsonl(
        {
          Prompt: 'one',
          'Model Name': 'a',
          grade: 1,
          promptTokens: 3,
          completion_tokens: 4,
          costUSD: 0.1,
          latencyMs: 1500,
          region: 'eu',
        },
        {
          Prompt: 'one',
          'Model Name': 'b',
          grade: 0,
          promptTokens: 3,
          completion_tokens: 5,
          costUSD: 0.2,
          latencyMs: 500,
          user: 'x',
        },
      ),
    );
    expect(columns).toEqual({
      ...{ query: 'Prompt', model: 'Model Name', score: 'grade', inputTokens: 'promptTokens' },
      ...{ outputTokens: 'completion_tokens', cost: 'costUSD', latency: 'latencyMs' },
    });
    expect(unused).toEqual(['region', 'user']);
    expect(bench.rows()[0]!.models['a']).toEqual({
      score: 1,
      inputTokens: 3,
      outputTokens: 4,
      cost: 0.1,
      latency: 1.5,
    });
  });

  it.each<[string, ImportOptions]>([
    [csv('query,model,delay_ms,status', 'one,a,800,200', 'one,b,700,200'), {}],
    [csv('query,model,delay_ms,status', 'one,a,800,200', 'one,b,700,200'), { columns: { model: 'model' } }],
    [csv('query,engine,delay_ms,status', 'one,a,800,200', 'one,b,700,200'), { columns: { model: 'engine' } }],
  ])('names the missing score column of a table with a model column %#', async (text, options) => {
    const error = await bench.refused('a.csv', text, options);
    expect(error.message).toMatch(/no column "score".*delay_ms, status/);
    expect(error.hint).toContain('--score');
  });

  it.each<[string, RegExp]>([
    ['query,a,b,status', /"status" does not look like scores/],
    ['query,a,latency,http_status,seed', /"http_status", "seed" do not look like scores/],
    ['id,query,models', /has a column "models", as outcomes\.jsonl does/],
    ['query,score,a,b', /has the column "score", as a table with a row per call, but no column that names the model/],
  ])('does not take other numbers for models: %s', async (header, message) => {
    const cells = header.split(',').map((_, i) => (i === 0 ? 'one' : '1'));
    const error = await bench.refused('a.csv', csv(header, cells.join(',')));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/--models|nothing has to be imported/);
  });

  it('takes the models that are named, whatever they are called, and says what it took', async () => {
    const { models, warnings, unused } = await bench.import('a.csv', csv('query,status,time-1b,latency', 'one,1,0,3'), {
      models: ['status', 'time-1b'],
    });
    expect(models).toEqual(['status', 'time-1b']);
    expect(unused).toEqual(['latency']);
    expect(warnings).toEqual([expect.stringMatching(/2 columns taken as the scores of models: status, time-1b/)]);
  });

  it('says which of several scores it took', async () => {
    const text = csv('query,model,thumbs,judge', 'one,a,up,0.5', 'one,b,down,0.25');
    const first = await bench.import('a.csv', text);
    expect(first.warnings[0]).toBe(
      'The score is read from "thumbs"; "judge" looks like one too (--score COLUMN takes another).',
    );
    expect(first.unused).toEqual(['judge']);
    await bench.import('a.csv', text, { columns: { score: 'judge' }, replace: true });
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 0.5 }, b: { score: 0.25 } });
  });

  it.each(['', 'Unnamed: 0', ',Unnamed: 0'])('leaves out an index that pandas wrote: %j', async (index) => {
    const cells = index.startsWith(',') ? '0,0' : '0';
    const { models, unused } = await bench.import('a.csv', csv(`${index},query,a,b`, `${cells},one,1,0`));
    expect(models).toEqual(['a', 'b']);
    expect(unused[0]).toMatch(/^Unnamed: 0/);
    await bench.import('b.csv', csv(`${index},query,model,score`, `${cells},one,a,1`), { replace: true });
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 1 } });
  });
});
