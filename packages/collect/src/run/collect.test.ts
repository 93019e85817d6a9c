import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '@routeprofile/data';
import { collectConfigSchema, createMatrix, outcomeRowSchema, type CollectConfigInput } from '@routeprofile/schema';
import {
  misbehaving,
  openStandInModels,
  type StandInModels,
  type StandInOptions,
} from '@routeprofile/providers/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standIn, temporaryFolder } from '../testing/stand-ins.js';
import { collectOutcomes, planCollection, type CollectOptions } from './collect.js';
import type { CollectParts } from './setting.js';

const delays = { firstDelay: 1, maximumDelay: 20 };
const ctx = { seed: 42 };
let folder: ReturnType<typeof temporaryFolder>;
let server: StandInModels;
beforeEach(() => (folder = temporaryFolder()));
afterEach(async () => {
  await server.close();
  folder.remove();
});

/** Sums that the small model gets right up to 10, the large one always; a judge scores by the reference. */
function respond({ model, prompt }: { model: string; prompt: string }): string {
  if (model.startsWith('judge')) {
    const between = (tag: string) => prompt.split(`<${tag}>\n`)[1]?.split(`\n</${tag}>`)[0] ?? '';
    const right = (answer: string) => answer === `It is ${between('reference')}.`;
    if (!prompt.includes('<answer-A>')) return `{"score": ${right(between('answer')) ? 10 : 1}}`;
    const [a, b] = [right(between('answer-A')), right(between('answer-B'))];
    return `{"better": "${a === b ? 'tie' : a ? 'A' : 'B'}"}`;
  }
  const [, a, b] = /(\d+) \+ (\d+)/.exec(prompt)!.map(Number) as [number, number, number];
  return `It is ${model === 'small' && a + b > 10 ? 'a lot' : a + b}.`;
}
const prompts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `sum-${i}`,
    task: i % 2 ? 'odd' : 'even',
    query: `What is ${i} + 1?`,
    reference: String(i + 1),
  }));

async function given(count: number, options: StandInOptions = {}) {
  server = await openStandInModels({ slowness: 3000, answer: respond, ...options });
  writeFileSync(
    join(folder.path, 'prompts.jsonl'),
    prompts(count)
      .map((row) => JSON.stringify(row))
      .join('\n'),
  );
}
const config = (more: Partial<CollectConfigInput> = {}) =>
  collectConfigSchema.parse({
    prompts: 'prompts.jsonl',
    models: {
      small: standIn(server),
      large: standIn(server, { wire: 'messages', price: { input: 5000, output: 5000 } }),
    },
    out: 'out',
    ...more,
  });
const collect = (more: Partial<CollectConfigInput> = {}, options: CollectOptions = {}, parts: CollectParts = {}) =>
  collectOutcomes(config(more), { folder: folder.path, env: {}, delays, ...parts }, ctx, options);
const file = (name: string) => join(folder.path, 'out', name);
const rows = () =>
  readFileSync(file('outcomes.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => outcomeRowSchema.parse(JSON.parse(line)));

describe('prompts that name their models', () => {
  const write = (...lines: object[]) =>
    writeFileSync(join(folder.path, 'prompts.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const [one, two, three] = prompts(3);

  it.each([false, true])('are asked of these alone, and said to be on purpose; with a plan: %s', async (plan) => {
    await given(1);
    write({ ...one, models: ['large'] }, { ...two, models: [], measured: ['small'] }, three!);
    const report = await collect({ plan, budget: 100 });
    expect(report).toMatchObject({ items: 3, requests: 3, notAsked: 0 });
    expect(
      rows().map(({ id, measured, models }) => [
        id,
        measured,
        Object.entries(models).map(([name, { score, propensity }]) => [name, score, propensity]),
      ]),
    ).toEqual([
      ['sum-0', undefined, [['large', 1, 1]]],
      ['sum-1', undefined, [['small', null, 1]]],
      [
        'sum-2',
        undefined,
        [
          ['small', 1, undefined],
          ['large', 1, undefined],
        ],
      ],
    ]);
  });

  it('are counted as they are asked, and models that no prompt is for are left out', async () => {
    await given(1);
    write({ ...one, models: ['large'] }, { ...two, models: ['large'] });
    expect((await planCollection(config(), { folder: folder.path, env: {} }, ctx)).models).toMatchObject([
      { model: 'small', calls: 0 },
      { model: 'large', calls: 2 },
    ]);
    expect((await collect()).models).toMatchObject([{ model: 'large', answered: 2 }]);
  });

  it('have to name models of the configuration, and some', async () => {
    await given(1);
    write({ ...one, models: ['huge'] });
    await expect(collect()).rejects.toThrow(/id sum-0: models: there is no model called huge/);
    write({ ...one, models: [] });
    await expect(collect()).rejects.toThrow(/no prompt is for any model/);
    expect(server.arrived).toBe(0);
  });
});

describe('collecting', () => {
  it('asks every model every prompt, over two wires, and writes a dataset that loads', async () => {
    await given(40);
    const report = await collect();
    expect(report).toMatchObject({ items: 40, requests: 80, notAsked: 0, warnings: [], reused: 0 });
    expect(report.models.map(({ model, answered, meanScore }) => [model, answered, meanScore])).toEqual([
      ['small', 40, 10 / 40],
      ['large', 40, 1],
    ]);
    const { input, output } = server.tokens;
    expect(report.spent).toBeCloseTo((3 * (input + output) * 1000) / 1e6, 0);
    expect(rows()[3]).toMatchObject({
      id: 'sum-3',
      task: 'odd',
      query: 'What is 3 + 1?',
      models: { small: { score: 1, inputTokens: 8, outputTokens: 2, cost: 0.01 }, large: { score: 1, cost: 0.05 } },
    });
    const dataset = await loadDataset(join(folder.path, 'out'));
    expect(dataset.candidates.map(({ id, price }) => [id, price?.input])).toEqual([
      ['small', 1000],
      ['large', 5000],
    ]);
  });

  it('gets through misbehaviour, and asks nothing twice', async () => {
    await given(60, { fails: misbehaving(0.2, 11), idempotent: true });
    const report = await collect();
    expect(report.models.map(({ answered }) => answered)).toEqual([60, 60]);
    expect(server.shown.size).toBeGreaterThan(4);
    expect(new Set(server.paid).size).toBe(server.paid.length);
    const asked = server.requests.length;
    expect((await collect()).requests).toBe(0);
    expect(server.requests).toHaveLength(asked);
  });

  it('says what failed, and writes the rest', async () => {
    await given(20, { fails: ({ model }) => (model === 'large' ? 'refused-key' : undefined) });
    const report = await collect();
    expect(report.models[1]).toMatchObject({ answered: 0, meanScore: null });
    expect(report.models[1]!.failures['refused-key']).toBeGreaterThan(2);
    expect(rows().every(({ models }) => models['small']!.score !== null)).toBe(true);
  });

  it('plans without asking: calls, tokens, dollars', async () => {
    await given(30);
    const plan = await planCollection(config({ budget: 0.5 }), { folder: folder.path, env: {} }, ctx);
    expect(server.arrived).toBe(0);
    expect(plan).toMatchObject({ items: 30, covered: false, spent: 0, budget: 0.5, judges: [] });
    // 15 or 16 bytes are 4 tokens, 8 more for the message; half of 20 tokens are expected.
    expect(plan.models[0]).toMatchObject({
      model: 'small',
      calls: 30,
      kept: 0,
      inputTokens: 360,
      outputTokens: 300,
      dollars: expect.closeTo(0.66, 9) as number,
    });
    expect(plan.atMost!).toBeGreaterThan(plan.dollars!);
    const report = await collect();
    const after = await planCollection(config(), { folder: folder.path, env: {} }, ctx);
    expect(after.models.map(({ calls, kept }) => [calls, kept])).toEqual([
      [0, 30],
      [0, 30],
    ]);
    expect(after.spent).toBe(report.spent);
  });

  it('refuses what is wrong before it asks', async () => {
    await given(5);
    const wrong: [Partial<CollectConfigInput>, RegExp][] = [
      [{ grader: 'regex:pattern=(' }, /regex/],
      [{ grader: 'judge:model=nobody' }, /no model called nobody/],
      [{ grader: 'bleu' }, /no grader called bleu/],
      [{ taskGraders: { evne: 'metric' } }, /no prompt is of task evne/],
      [{ models: { a: standIn(server, { key: 'env:NO_SUCH' }) } }, /models\.a\.key: .*NO_SUCH is not set/],
      [{ models: { a: standIn(server, { params: { n: 2 } }) } }, /models\.a\.params: n/],
      [{ models: { a: standIn(server, { price: undefined }) }, budget: 1 }, /needs the price/],
    ];
    for (const [more, said] of wrong) await expect(collect(more)).rejects.toThrow(said);
    expect(() => config({ models: { a: standIn(server, { key: 'sk-secret' }) } })).toThrow(/env:NAME/);
    expect(server.arrived).toBe(0);
  });

  it('says where tokens were not counted, and reads counts in quotes', async () => {
    await given(6, {
      usage: (counted) =>
        'input_tokens' in counted
          ? undefined
          : Object.fromEntries(Object.entries(counted).map(([name, value]) => [name, String(value)])),
    });
    const { warnings } = await collect();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^large: of 6 answers, 6 came without a count of tokens: .* estimated/);
    expect(rows()[0]!.models['small']).toMatchObject({ inputTokens: 8, outputTokens: 2 });
  });

  it('says that two candidates are the same model', async () => {
    await given(3);
    const twin = standIn(server, { model: 'small', key: 'env:SECOND', price: { input: 1, output: 1 } });
    const models = { small: standIn(server, { model: 'small', price: { input: 1, output: 1 } }), twin };
    const { warnings, requests } = await collect({ models }, {}, { env: { SECOND: 'sk-second' } });
    expect(requests).toBe(3);
    expect(warnings[0]).toMatch(/^twin is small by another name/);
  });

  it('refuses a prompt without text, and a budget that covers no call, before it asks', async () => {
    await given(3);
    await expect(collect({ budget: 0.0001 })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringMatching(/covers no call: the cheapest, of small, can cost up to \$0\.\d+/) as string,
    });
    for (const query of ['  ', '\uFEFF', [{ role: 'user', content: ' ' }], [{ role: 'assistant', content: 'Hi' }]]) {
      writeFileSync(join(folder.path, 'prompts.jsonl'), JSON.stringify({ query }));
      await expect(collect()).rejects.toThrow(/line 1: query: holds no text/);
    }
    expect(server.arrived).toBe(0);
  });

  it('asks messages in parts as one text each', async () => {
    await given(1);
    const content = ['What is', '3 + 4?'].map((text) => ({ type: 'text', text }));
    writeFileSync(join(folder.path, 'prompts.jsonl'), JSON.stringify({ messages: [{ role: 'user', content }] }));
    await collect();
    expect(rows()[0]).toMatchObject({ query: [{ role: 'user', content: 'What is\n3 + 4?' }] });
    const image = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }];
    writeFileSync(join(folder.path, 'prompts.jsonl'), JSON.stringify({ messages: image }));
    await expect(collect()).rejects.toThrow(/line 1: query/);
  });

  it('takes over answers of other files, by what was asked', async () => {
    await given(20);
    await collect();
    const log = { query: 'What is 3 + 1?', model: 'small', answer: 'It is 4.', cost: 0.25, latency: 2 };
    writeFileSync(
      join(folder.path, 'log.jsonl'),
      `${JSON.stringify(log)}\n{"query":"other","model":"x","answer":"y"}\n`,
    );
    const report = await collect({ out: 'second', reuse: ['log.jsonl', 'out/answers.jsonl'] });
    expect([report.reused, report.requests, report.spent]).toEqual([40, 0, 0]);
    const own = await collect({ out: 'third', reuse: ['log.jsonl'] });
    expect([own.reused, own.requests]).toEqual([1, 39]);
    expect(
      JSON.parse(readFileSync(join(folder.path, 'third', 'outcomes.jsonl'), 'utf8').split('\n')[3]!),
    ).toMatchObject({
      models: { small: { score: 1, cost: 0.25, latency: 2 } },
    });
  });

  it('plans without a key, and asks with one alone', async () => {
    await given(3);
    const models = { small: standIn(server, { key: 'env:MINE', price: { input: 1, output: 1 } }) };
    const plan = await planCollection(config({ models }), { folder: folder.path, env: {} }, ctx);
    expect(plan.models[0]!.calls).toBe(3);
    await expect(collect({ models })).rejects.toThrow(/MINE is not set/);
    await collect({ models }, {}, { env: { MINE: 'sk-mine' } });
    expect(server.requests.map(({ key }) => key)).toEqual(Array(3).fill('Bearer sk-mine'));
  });

  it('grades again without asking', async () => {
    await given(20);
    await collect();
    const asked = server.requests.length;
    const report = await collect({ grader: 'regex:pattern=a lot' }, { gradeOnly: true });
    expect(server.requests).toHaveLength(asked);
    expect(report.models.map(({ meanScore }) => meanScore)).toEqual([0.5, 0]);
  });
});

describe('collecting with a judge', () => {
  const judges = () => ({ judge: standIn(server, { price: { input: 100, output: 100 }, maxOutputTokens: 50 }) });

  it('scores by it, marks the outcomes, measures it against people, and pays for each verdict once', async () => {
    await given(30, { fails: misbehaving(0.1, 5) });
    const gold = prompts(30).flatMap(({ id }, i) => [
      { id, model: 'small', score: i < 10 ? 1 : 0 },
      { id, model: 'large', score: i === 0 ? 0 : 1 },
    ]);
    writeFileSync(join(folder.path, 'gold.jsonl'), gold.map((label) => JSON.stringify(label)).join('\n'));
    const more = { judges: judges(), grader: 'judge:model=judge', gold: 'gold.jsonl' };
    const report = await collect(more);
    expect(report.models.map(({ meanScore }) => meanScore)).toEqual([10 / 30, 1]);
    expect(rows()[0]!.models['large']).toMatchObject({ source: 'judge:judge' });
    expect(report.judges['judge:judge']).toMatchObject({
      labelled: 60,
      accuracy: { value: 59 / 60 },
      selfPreference: null,
    });
    const { spent } = report;
    expect((await collect(more)).spent).toBe(spent);
    const ofJudge = server.requests.filter(({ body }) => JSON.stringify(body).includes('<answer>')).length;
    expect(ofJudge).toBeGreaterThanOrEqual(57);
  });

  it('compares in pairs, and leaves without a score what the judge says nothing readable of', async () => {
    await given(24);
    const report = await collect({ grader: 'judge:model=large:mode=pairwise' });
    // The stand-in called "large" answers sums, so that only equal answers have a verdict.
    expect(report.models.map(({ scored }) => scored)).toEqual([10, 10]);
    const honest = await collect({ judges: judges(), grader: 'judge:model=judge:mode=pairwise', out: 'second' });
    const [small, large] = honest.models.map(({ meanScore }) => meanScore!) as [number, number];
    expect(large).toBeGreaterThan(small);
    expect(honest.judges['judge:judge']).toMatchObject({
      shownTwice: 14,
      positionBias: { value: 0 },
      consistency: { value: 1 },
    });
  });

  it('leaves a part of the budget to the judge, and never passes it', async () => {
    await given(60);
    const report = await collect({ judges: judges(), grader: 'judge:model=judge', budget: 3 });
    expect(report.spent).toBeLessThanOrEqual(3);
    const [small] = report.models;
    expect(small!.answered).toBeGreaterThan(5);
    expect(small!.scored).toBeGreaterThan(small!.answered * 0.6);
  });
});

describe('collecting by plan', () => {
  const encode = async (texts: readonly string[]) => {
    const vectors = createMatrix(texts.length, 2);
    texts.forEach((text, i) => {
      const [, a] = /(\d+) \+/.exec(text)!;
      vectors.data[i * 2] = Number(a) / 250;
      vectors.data[i * 2 + 1] = 1 - Number(a) / 250;
    });
    return vectors;
  };

  it('asks a complete grid first, then single pairs, within the budget; a run that goes on keeps to it', async () => {
    await given(250);
    const planned = { budget: 8, plan: true };
    const report = await collect(planned, {}, { encode });
    expect(report.spent).toBeLessThanOrEqual(8);
    expect(report.spent).toBeGreaterThan(7);
    const complete = rows().filter(({ models }) => Object.keys(models).length === 2);
    expect(complete.length).toBeGreaterThanOrEqual(15);
    const plan = JSON.parse(readFileSync(file('plan.json'), 'utf8')) as { grid: number; rounds: [number, number][][] };
    expect(plan.grid).toBeGreaterThan(10);
    expect(plan.rounds.length).toBeGreaterThan(0);
    const asked = server.requests.length;
    const again = await collect(planned, {}, { encode });
    expect(JSON.parse(readFileSync(file('plan.json'), 'utf8'))).toEqual(plan);
    expect(again.models).toEqual(report.models);
    expect(server.requests).toHaveLength(asked);
  });

  it('asks everything where the budget covers it', async () => {
    await given(10);
    expect((await collect({ budget: 50, plan: true })).notAsked).toBe(0);
  });
});
