import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../disk/testing.js';
import { loadDataset } from '../layouts/load.js';
import { importOutcomes, type ImportOptions } from './import.js';
import { jsonl, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

const file = (name: string, text: string) => {
  writeFileSync(join(bench.dir, name), text);
  return join(bench.dir, name);
};

describe('importOutcomes', () => {
  it('takes a long CSV of own logs, with quotes, line breaks and missing values', async () => {
    const result = await bench.import(
      'logs.csv',
      '\ufeffquery,model,score,cost,tokens,task\r\n"Say ""hi"",\nplease",gpt,1,0.002,30,chat\r\n"Say ""hi"",\nplease",llama,0,,12,chat\r\nAdd 1 and 2,gpt,true,0.001,,math\r\nAdd 1 and 2,llama,,0.0001,5,math\r\n',
    );
    expect(result).toMatchObject({ format: 'long', rows: 2, models: ['gpt', 'llama'], tasks: ['chat', 'math'] });
    expect(result.warnings).toEqual([expect.stringMatching(/^1 outcome without a score/)]);
    expect(bench.rows()).toEqual([
      {
        id: 'q1',
        task: 'chat',
        query: 'Say "hi",\nplease',
        models: { gpt: { score: 1, cost: 0.002, tokens: 30 }, llama: { score: 0, tokens: 12 } },
      },
      {
        id: 'q2',
        task: 'math',
        query: 'Add 1 and 2',
        models: { gpt: { score: 1, cost: 0.001 }, llama: { score: null, cost: 0.0001, tokens: 5 } },
      },
    ]);
  });

  it('maps columns, scales scores, averages repeated outcomes, and the result loads', async () => {
    const lines = Array.from({ length: 20 }, (_, i) =>
      ['a', 'b']
        .map((model) =>
          JSON.stringify({ prompt: `question ${i}`, llm: model, grade: model === 'a' ? 80 : 20 + i, usd: 0.01 }),
        )
        .join('\n'),
    );
    const extra = JSON.stringify({ prompt: 'question 0', llm: 'a', grade: 20, usd: 0.03 });
    const result = await bench.import('logs.jsonl', [...lines, extra].join('\n'), {
      columns: { query: 'prompt', model: 'llm', score: 'grade', cost: 'usd' },
      scoreScale: 100,
      name: 'mine',
    });
    expect(result.warnings).toEqual([expect.stringMatching(/^1 outcome of a model/)]);
    expect(bench.rows()[0]).toEqual({
      id: 'q1',
      query: 'question 0',
      models: { a: { score: 0.5, cost: 0.02 }, b: { score: 0.2, cost: 0.01 } },
    });
    const dataset = await loadDataset(bench.out);
    expect([
      dataset.name,
      dataset.candidates.map(({ id }) => id),
      dataset.train.queries.length,
      dataset.test.queries.length,
    ]).toEqual(['mine', ['a', 'b'], 14, 6]);
  });

  it('takes a wide table: every column that is nothing else is a model', async () => {
    await bench.import('wide.tsv', 'id\tquery\tgpt-4\tgpt-4.cost\tllama\n7\tone\t1\t0.5\t0\n8\ttwo\t0.25\t\t\n');
    expect(bench.rows()).toEqual([
      { id: '7', query: 'one', models: { 'gpt-4': { score: 1, cost: 0.5 }, llama: { score: 0 } } },
      { id: '8', query: 'two', models: { 'gpt-4': { score: 0.25 } } },
    ]);
  });

  it('finds models that only later JSON lines name', async () => {
    const result = await bench.import('wide.jsonl', '{"query":"one","a":1}\n{"query":"two","a":0,"b":1}\n');
    expect(result.models).toEqual(['a', 'b']);
  });

  it('takes LLMRouter routing data, train and test files with their splits', async () => {
    const row = (query: string, model: string, performance: number) =>
      JSON.stringify({
        task_name: 'gsm8k',
        query,
        ground_truth: '4',
        metric: 'GSM8K',
        model_name: model,
        response: 'r',
        token_num: 30,
        input_tokens: 10,
        output_tokens: 20,
        response_time: 1.5,
        performance,
        embedding_id: 3,
      });
    const train = file('default_routing_train_data.jsonl', [row('q', 'a', 1), row('q', 'b', 0)].join('\n'));
    const test = file('default_routing_test_data.jsonl', [row('q', 'a', 0), row('q', 'b', 1)].join('\n'));
    const cards = file(
      'default_llm.json',
      JSON.stringify({
        a: { feature: 'Model a.', input_price: 1, output_price: 2, size: '7B' },
        b: { feature: 'Model b.', input_price: 3, output_price: 4 },
      }),
    );
    const result = await importOutcomes(
      [
        { path: train, split: 'train' },
        { path: test, split: 'test' },
      ],
      bench.out,
      { cards },
    );
    expect(result).toMatchObject({ preset: 'llmrouter', rows: 2 });
    const outcome = { score: 1, inputTokens: 10, outputTokens: 20, tokens: 30, latency: 1.5 };
    expect(bench.rows()[0]).toEqual({
      id: 'q1',
      task: 'gsm8k',
      split: 'train',
      query: 'q',
      answer: '4',
      models: { a: outcome, b: { ...outcome, score: 0 } },
    });
    const dataset = await loadDataset(bench.out);
    expect(dataset.overlap).toBe(1);
    expect(dataset.candidates[0]!.price).toEqual({ input: 1, output: 2 });
    // Cost from tokens and prices, as none is stored.
    expect(dataset.test.values.cost[1]).toBeCloseTo((10 * 3 + 20 * 4) / 1e6, 12);
  });

  it("takes RouterBench's wide table, its prompts being Python lists", async () => {
    const header =
      'sample_id,prompt,eval_name,gpt-4,m/7b,gpt-4|model_response,m/7b|model_response,gpt-4|total_cost,m/7b|total_cost,oracle_model_to_route_to';
    const result = await bench.import(
      'routerbench.csv',
      `${header}\nmmlu.1,"['Answer. It\\'s B:\\n?']",mmlu,1.0,0.0,B,C,0.01,0.001,gpt-4\nmbpp.2,[plain text],mbpp,0.5,1.0,x,y,0.02,0.002,m/7b\n`,
    );
    expect(result).toMatchObject({ preset: 'routerbench', models: ['gpt-4', 'm/7b'], tasks: ['mmlu', 'mbpp'] });
    expect(bench.rows()).toEqual([
      {
        id: 'mmlu.1',
        task: 'mmlu',
        query: "Answer. It's B:\n?",
        models: { 'gpt-4': { score: 1, cost: 0.01 }, 'm/7b': { score: 0, cost: 0.001 } },
      },
      {
        id: 'mbpp.2',
        task: 'mbpp',
        query: '[plain text]',
        models: { 'gpt-4': { score: 0.5, cost: 0.02 }, 'm/7b': { score: 1, cost: 0.002 } },
      },
    ]);
  });

  it('lists what is wrong row by row, and writes nothing then', async () => {
    const error = await failureOf(() =>
      bench.import('bad.csv', 'query,model,score,cost\none,a,fine,1\n,a,1,1\ntwo,__proto__,1,-3\nthree,,Infinity,1\n'),
    );
    expect(error.code).toBe('BAD_INPUT');
    expect(error.details.map((line) => line.slice(line.indexOf(': ') + 2))).toEqual([
      'line 2: score: is "fine", expected a number, or a word such as pass or fail (--good and --bad say what other words mean)',
      'line 3: query: is empty, expected a value',
      expect.stringMatching(/^line 4: model: is "__proto__": .*reserved/),
      'line 5: model: is empty, expected a value',
    ]);
    expect(readdirSync(bench.dir)).toEqual(['bad.csv']);
  });

  it.each<[string, string, ImportOptions, RegExp, string]>([
    ['a.csv', 'query,model,score\n"open,a,1\n', {}, /a\.csv: Quote Not Closed/, 'BAD_INPUT'],
    ['a.csv', 'query,model,score\none,a\n', {}, /a\.csv: line 2: has 2 cells, expected 3/, 'BAD_INPUT'],
    ['a.csv', 'query,model,model\none,a,1\n', {}, /the column "model" occurs twice/, 'BAD_INPUT'],
    ['a.csv', 'query,model,score\n', {}, /holds no rows/, 'BAD_INPUT'],
    [
      'a.csv',
      'text,model,score\none,a,1\n',
      {},
      /has no column "query" \(query\); its columns are text, model, score/,
      'BAD_INPUT',
    ],
    [
      'a.csv',
      'query,model,score\none,a,1\n',
      { columns: { cost: 'usd' } },
      /has no column "usd" \(cost\)/,
      'BAD_INPUT',
    ],
    ['a.csv', 'query,a,b\none,1,hello\n', {}, /b: is "hello", expected a number/, 'BAD_INPUT'],
    ['a.csv', 'query,__proto__,b\none,1,1\n', {}, /column "__proto__" cannot be a model/, 'BAD_INPUT'],
    ['a.jsonl', '{"query":"x","a":1,\n', {}, /a\.jsonl: line 1, column 20/, 'CORRUPT_FILE'],
    ['a.jsonl', '[1]\n', {}, /a\.jsonl: line 1: is an array, expected an object/, 'BAD_INPUT'],
    ['a.xlsx', 'PK', {}, /unknown kind, expected \.csv/, 'BAD_INPUT'],
    ['a.csv', 'query,a\n', { scoreScale: 0 }, /scoreScale/, 'BAD_OPTION'],
  ])('refuses %s %j', async (name, text, options, message, code) => {
    const error = await failureOf(() => bench.import(name, text, options));
    expect([error.message, error.code]).toEqual([expect.stringMatching(message), code]);
  });

  it('says so when the table is missing, or the run is stopped', async () => {
    expect((await failureOf(() => importOutcomes(join(bench.dir, 'none.csv'), bench.out))).code).toBe('MISSING_FILE');
    expect(
      (await failureOf(() => bench.import('a.csv', 'query,a,b\none,1,0\n', { signal: AbortSignal.abort() }))).code,
    ).toBe('ABORTED');
  });

  it('hears at once that it is to stop, in each of its phases, and leaves nothing behind', async () => {
    const rows = 24;
    const text = jsonl(
      ...Array.from({ length: rows }, (_, i) => ({ query: `question ${i}`, model: 'a', score: i % 2 })),
    );
    /** A signal that is heard when it has been asked so many times. */
    const stopAfter = (most: number) => {
      const signal = new AbortController().signal;
      const asked = { times: 0 };
      Object.defineProperty(signal, 'aborted', { get: () => ++asked.times > most });
      return { signal, asked };
    };
    const whole = stopAfter(Infinity);
    await bench.import('a.jsonl', text, { signal: whole.signal });
    // Names of columns, records, calls, their groups, queries, lines: each hears it row by row.
    expect(whole.asked.times).toBeGreaterThanOrEqual(6 * rows);
    for (let most = 0; most < whole.asked.times; most += 5) {
      bench.next();
      const error = await bench.refused('a.jsonl', text, { signal: stopAfter(most).signal });
      expect(error.code).toBe('ABORTED');
    }
  });
});
