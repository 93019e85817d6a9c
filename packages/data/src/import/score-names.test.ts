import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../disk/testing.js';
import { importOutcomes, type ImportOptions } from './import.js';
import { isLowGood } from './score-names.js';
import { csv, jsonl, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

/** A call in the shape of OpenAI's API, with what stands beside request and response. */
const call = (text: string, model: string, more: object = {}) => ({
  request: { model, messages: [{ role: 'user', content: text }] },
  response: { object: 'chat.completion', model, choices: [], usage: { prompt_tokens: 4, completion_tokens: 5 } },
  ...more,
});
const scoresRead = () =>
  bench.rows().map(({ models }) => Object.values(models).map((outcome) => 'score' in outcome && outcome.score));

describe('what says that a call worked', () => {
  it('is no score beside one, and is named', async () => {
    const { warnings } = await bench.import(
      'a.jsonl',
      jsonl(call('Why?', 'a', { success: true, thumbs: 'up' }), call('Why?', 'b', { success: true, thumbs: 'down' }), {
        ...call('How?', 'a', { success: false, thumbs: null }),
        response: null,
      }),
    );
    expect(scoresRead()).toEqual([[1, 0]]);
    expect(warnings.join('\n')).toContain('Left out: 1 failed requests.');
    expect(warnings.join('\n')).toMatch(/success is true in each of the 2 answered calls .*--score success does/);
    expect(warnings.join('\n')).not.toContain('several scores');
  });

  it('is no score where nothing else is one, unless it is asked for', async () => {
    const text = jsonl(call('Why?', 'a', { success: true, ok: 1 }), call('Why?', 'b', { success: true, ok: 1 }));
    const error = await bench.refused('a.jsonl', text);
    expect(error.message).toContain('no score at all');
    expect(error.hint).toMatch(/success \(may say no more than that the call worked\).*--score NAME/);
    await bench.import('a.jsonl', text, { columns: { score: 'success' } });
    expect(scoresRead()).toEqual([[1, 1]]);
  });

  it('is a score where an answered call has a false one', async () => {
    const { warnings } = await bench.import(
      'a.jsonl',
      jsonl(call('Why?', 'a', { success: true }), call('Why?', 'b', { success: false })),
    );
    expect(scoresRead()).toEqual([[1, 0]]);
    expect(warnings.join('\n')).not.toContain('success is true');
  });

  it.each([{ status: 'error' }, { error: { message: '429' } }, { status_code: 503 }, { ok: false }])(
    'or that it failed leaves the record out: %j',
    async (failure) => {
      const { warnings } = await bench.import(
        'a.jsonl',
        jsonl(call('Why?', 'a', { score: 1 }), call('Why?', 'b', { score: 1 }), {
          ...call('Why?', 'a', { ...failure, score: 0 }),
          response: null,
        }),
      );
      expect(scoresRead()).toEqual([[1, 1]]);
      expect(warnings.join('\n')).toContain('Left out: 1 failed requests.');
    },
  );

  it('comes after other columns of a table', async () => {
    const { columns } = await bench.import('a.csv', csv('query,model,success,thumbs', 'Why?,a,true,up'));
    expect(columns.score).toBe('thumbs');
  });
});

it('a score that is NaN in most records is not the one that most records have', async () => {
  const line = (model: string, scores: string) =>
    JSON.stringify(call('Why?', model, { scores: 'here' })).replace('"here"', scores);
  const { warnings } = await bench.import(
    'a.jsonl',
    [line('a', '{"faithful": NaN, "right": 1}'), line('b', '{"faithful": NaN, "right": 0}')].join('\n'),
  );
  expect(scoresRead()).toEqual([[1, 0]]);
  expect(warnings.join('\n')).toContain('right is read, faithful not');
});

describe('of several scores of a log', () => {
  it.each<[object[], (number | null)[], RegExp]>([
    [
      [
        { quality: 0.9, rating: 0 },
        { quality: 0.8, rating: 1, correct: true },
      ],
      [0.9, 0.8],
      /quality is read, rating, correct not \(--score NAME/,
    ],
    [[{ rating: 1 }, { quality: 0.9 }, { quality: 0.8 }], [null, 0.9, 0.8], /quality is read, rating not/],
    [
      [
        { rating: 1, metadata: { score: 0.4 } },
        { rating: 0, metadata: {} },
      ],
      [0.4, null],
      /metadata\.score is read, rating not/,
    ],
    [
      [{ user_feedback: { rating: 0, comment: 'no' } }, { feedback: { thumbs: 'up' } }],
      [0, null],
      /user_feedback\.rating is read, feedback\.thumbs not/,
    ],
    [
      [
        {
          scores: [
            { name: 'tone', value: 0.5 },
            { name: 'right', value: 1 },
          ],
        },
        { scores: [{ name: 'right', value: 0 }] },
      ],
      [1, 0],
      /right is read, tone not/,
    ],
    [
      [{ scores: { toxicity: 0.9, kind: { value: 0.2 } } }, { scores: { toxicity: 0.1 } }],
      [0.2, null],
      /kind is read, toxicity not/,
    ],
  ])('the one that most records have is read of all: %j', async (records, scores, said) => {
    const { warnings } = await bench.import('a.jsonl', jsonl(...records.map((more, i) => call('Why?', `m${i}`, more))));
    expect(scoresRead()).toEqual([scores]);
    expect(warnings.join('\n')).toMatch(said);
  });

  it('one is taken by its name or its path', async () => {
    const text = jsonl(call('Why?', 'a', { scores: { tone: 0.5, right: 1 }, meta: { judge: 0.7 } }));
    for (const [score, expected] of [
      ['right', 1],
      ['scores.tone', 0.5],
      ['meta.judge', 0.7],
    ] as const) {
      const { warnings } = await bench.import('a.jsonl', text, { columns: { score }, replace: true });
      expect([scoresRead(), warnings.join('\n')]).toEqual([
        [[expected]],
        expect.not.stringContaining('several scores'),
      ]);
    }
    const error = await failureOf(() => bench.import('a.jsonl', text, { columns: { score: 'none' }, replace: true }));
    expect(error.hint).toContain('Scores of other names are there: tone, right.');
  });

  it('those whose low end is good are read when they are asked for, and doubted', async () => {
    const text = jsonl(call('Why?', 'a', { scores: { toxicity: 0.2 } }));
    expect((await bench.refused('a.jsonl', text)).hint).toContain('toxicity (low may be the good end)');
    const { warnings } = await bench.import('a.jsonl', text, { columns: { score: 'toxicity' } });
    expect([scoresRead(), warnings.join('\n')]).toEqual([[[0.2]], expect.stringContaining('was it turned around?')]);
  });

  it.each([
    ['toxicity', true],
    ['hallucinationRate', true],
    ['error_rate', true],
    ['non_toxicity', false],
    ['hallucination-free', false],
    ['correctness', false],
    ['exact_match', false],
  ])('low is good for %s: %s', (name, expected) => {
    expect(isLowGood(name)).toBe(expected);
  });
});

describe('scores of Langfuse in a file of their own', () => {
  const observations = jsonl(
    ...['a', 'b', 'c'].map((model) => ({
      ...{ id: `o-${model}`, traceId: `t-${model}`, type: 'GENERATION', startTime: '2025-06-01T10:00:00Z' },
      ...{ model, input: 'Hello?' },
    })),
  );
  const score = (model: string, name: string, value: number, own: boolean) => ({
    ...{ id: `${model}-${name}`, traceId: `t-${model}`, observationId: own ? `o-${model}` : null, name, value },
    dataType: 'NUMERIC',
  });
  const scores = jsonl(
    score('a', 'toxicity', 0.1, true),
    ...['a', 'b', 'c'].map((model, i) => score(model, 'correctness', i / 2, false)),
    score('c', 'correctness', 0.75, true),
  );
  const importScored = async (options: ImportOptions = {}) => {
    writeFileSync(join(bench.dir, 'o.jsonl'), observations);
    writeFileSync(join(bench.dir, 's.jsonl'), scores);
    return importOutcomes(join(bench.dir, 'o.jsonl'), bench.out, { scores: join(bench.dir, 's.jsonl'), ...options });
  };

  it('are joined by name from the trace and from the observation, whose own goes first', async () => {
    const { warnings } = await importScored();
    expect(scoresRead()).toEqual([[0, 0.5, 0.75]]);
    expect(warnings.join('\n')).toMatch(/found for 3 of 3 records\.\n/);
    expect(warnings.join('\n')).toContain('correctness is read, toxicity not');
  });

  it('are chosen by name', async () => {
    await importScored({ columns: { score: 'toxicity' } });
    expect(scoresRead()).toEqual([[0.1, null, null]]);
  });
});

it('several columns of a file of scores are named, and one is read', async () => {
  writeFileSync(join(bench.dir, 's.csv'), csv('request_id,rating,grade', '1,0,', '2,1,0.5'));
  const { warnings } = await bench.import(
    'calls.jsonl',
    jsonl({ request_id: '1', question: 'Why?', model: 'a' }, { request_id: '2', question: 'Why?', model: 'b' }),
    { scores: join(bench.dir, 's.csv') },
  );
  expect(scoresRead()).toEqual([[0, 1]]);
  expect(warnings.join('\n')).toContain('rating is read, grade not');
});

it('a row that is broken is one problem, though the records are looked at twice', async () => {
  const cells = ['1', 'a', '{"messages":[{"role":"user","content":"Hi?"}]}', '200', '{"ok":1}']
    .map((cell) => `"${cell.replaceAll('"', '""')}"`)
    .join(',');
  const text = csv('request_id,request_model,request_body,response_status,scores', cells, '2,b');
  const error = await bench.refused('a.csv', text);
  expect(error.message).toContain('line 3: has 2 cells, expected 5');
});

it('a path that only some records have leaves the others unmeasured', async () => {
  const outcome = { score: 1 };
  await bench.import(
    'a.jsonl',
    jsonl(
      { id: 'x', query: 'Why?', grade: 0.5, models: { a: outcome } },
      { id: 'y', query: 'How?', models: { a: outcome } },
    ),
    { columns: { score: 'grade' } },
  );
  expect(scoresRead()).toEqual([[0.5], [null]]);
});
