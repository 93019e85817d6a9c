import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { outcomesMetaSchema } from '@routeprofile/schema';
import { failureOf } from '../../disk/testing.js';
import { loadDataset } from '../../layouts/load.js';
import { hash53 } from '../group/hash.js';
import { importOutcomes, type ImportOptions } from '../import.js';
import { csv, jsonl, Workbench } from '../testing.js';
import { LargestFirst } from './largest-first.js';
import { Sampler } from './sampler.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

const MODELS = ['a', 'b', 'c'];
/** Calls of `count` queries by three models, in an order that tears queries apart. */
const calls = (count: number, { scale = 1, split = false } = {}) =>
  MODELS.flatMap((model, m) =>
    Array.from({ length: count }, (_, i) => ({
      query: `Question ${i}`,
      task: i % 3 === 0 ? 'x' : 'y',
      ...(split && { split: i % 5 === 0 ? 'test' : 'train' }),
      model,
      score: (i % (m + 2) === 0 ? 1 : 0.5) * scale,
      cost: 0.001 * (m + 1),
    })),
  );
const metaOf = () => outcomesMetaSchema.parse(JSON.parse(readFileSync(join(bench.out, 'meta.json'), 'utf8')));
const importOf = (rows: object[], options: ImportOptions = {}) => bench.import('log.jsonl', jsonl(...rows), options);

/** Count and sum of all scores of a model on a task, of the rows written and of the rest. */
function totals(task: string, model: string, which: (split: string | null) => boolean = () => true): [number, number] {
  const rows = bench.rows() as { task?: string; split?: string; models: Record<string, { score: number }> }[];
  const scores = rows
    .filter((row) => row.task === task && which(row.split ?? null))
    .flatMap(({ models }) => models[model]?.score ?? []);
  const rest = metaOf().sampled!.rest.filter((one) => one.task === task && which(one.split));
  const sums = rest.flatMap(({ models }) => models[model] ?? []);
  return [
    scores.length + sums.reduce((sum, one) => sum + one.scores, 0),
    scores.reduce((a, b) => a + b, 0) + sums.reduce((sum, one) => sum + one.sum, 0),
  ];
}

describe('a sample of a log', () => {
  it('has whole queries of each task, and with what is summed up all that the log has', async () => {
    const all = calls(300);
    const { rows, warnings } = await importOf(all, { sample: 20 });
    expect(rows).toBe(40);
    for (const row of bench.rows()) expect(Object.keys(row.models)).toEqual(MODELS);
    for (const task of ['x', 'y'])
      for (const model of MODELS) {
        const own = all.filter((call) => call.task === task && call.model === model);
        const [count, sum] = totals(task, model);
        expect(count).toBe(own.length);
        expect(sum).toBeCloseTo(
          own.reduce((total, { score }) => total + score, 0),
          9,
        );
      }
    const [first] = metaOf().sampled!.rest;
    const { scores, sum, squares, costs, cost } = first!.models['a']!;
    // Scores of 1 and 0.5: Σs² = Σs − n/4 … of n scores, k of which are 1: Σs = n/2 + k/2, Σs² = n/4 + 3k/4.
    expect(squares).toBeCloseTo(scores / 4 + (3 * (2 * sum - scores)) / 4, 9);
    expect([costs, cost]).toEqual([scores, expect.closeTo(0.001 * scores, 9)]);
    expect(warnings[0]).toMatch(
      /^A sample: drew 120 of 900 calls, those of 40 queries, at most 20 per task .* 780 calls of other queries/,
    );
  });

  it('that is all of the log speaks of no other calls', async () => {
    const { warnings } = await importOf(calls(10), { sample: 20 });
    expect(warnings[0]).toMatch(
      /^A sample: drew 30 of 30 calls, those of 10 queries, .* each query has all of its outcomes\.$/,
    );
  });

  it('depends on the seed and the texts, not on the order of the calls', async () => {
    const all = calls(200);
    const texts = async (rows: object[], seed: number) => {
      await importOf(rows, { sample: 10, seed, replace: true });
      return new Set(bench.rows().map(({ query }) => query));
    };
    const drawn = await texts(all, 1);
    expect(await texts(all.toReversed(), 1)).toEqual(drawn);
    expect(await texts(all, 2)).not.toEqual(drawn);
  });

  it('draws each query as likely as any other, however many calls it has', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 400; seed++) {
      const sampler = new Sampler(10, seed, () => null);
      for (let i = 0; i < 100; i++)
        for (let call = 0; call <= i % 7; call++)
          sampler.add({ query: `q${i}`, task: null, split: null, id: null, answer: null, time: null, outcomes: [] });
      for (const query of new Set(sampler.calls().map((call) => call.query)))
        counts.set(query, (counts.get(query) ?? 0) + 1);
    }
    // 400 × 10 of 100: 40 each, with a standard deviation of 6. Chi-square of 99 degrees of freedom × 0.9 is 89 ± 13.
    const squares = Array.from({ length: 100 }, (_, i) => ((counts.get(`q${i}`) ?? 0) - 40) ** 2 / 40);
    const chi = squares.reduce((a, b) => a + b, 0);
    expect(chi).toBeGreaterThan(45);
    expect(chi).toBeLessThan(140);
  });

  it('brings scores of another scale to 0 to 1, also those that are summed up', async () => {
    await importOf(calls(120, { scale: 100 }), { sample: 5 });
    const plain = [totals('x', 'b'), totals('y', 'c')];
    const { squares, scores, sum } = metaOf().sampled!.rest[0]!.models['a']!;
    expect(squares).toBeCloseTo(scores / 4 + (3 * (2 * sum - scores)) / 4, 6);
    await importOf(calls(120), { sample: 5, replace: true });
    for (const [i, [count, total]] of [totals('x', 'b'), totals('y', 'c')].entries())
      expect(plain[i]).toEqual([count, expect.closeTo(total, 6)]);
  });

  it('gives task scores of all rows but the test rows, which are in the provenance', async () => {
    const all = calls(300);
    await importOf(all, { sample: 30 });
    const dataset = await loadDataset(bench.out);
    const held = new Set(dataset.test.queries.map(({ text }) => text));
    expect(held.size).toBe(18);
    for (const model of MODELS)
      for (const task of ['x', 'y']) {
        const own = all.filter((call) => call.task === task && call.model === model && !held.has(call.query));
        const mean = own.reduce((sum, { score }) => sum + score, 0) / own.length;
        const score = dataset.cards.find(({ name }) => name === model)!.scores.get(task)!;
        expect(score.count).toBe(own.length);
        expect(score.value).toBeCloseTo(100 * mean, 6);
      }
    expect(dataset.notes).toEqual([expect.stringMatching(/all training rows of a log of 900 records: 720 scores/)]);
    expect(dataset.warnings.join()).toMatch(/A sample of a log: task scores are from all/);
  });

  it('counts rows of other splits, and of later times, for no task score', async () => {
    await importOf(calls(300, { split: true }), { sample: 10 });
    const { cards } = await loadDataset(bench.out);
    const [count] = totals('x', 'a', (split) => split === 'train');
    expect(cards[0]!.scores.get('x')!.count).toBe(count);
    expect(count).toBe(80);

    const timed = calls(100).map((call, i) => ({ ...call, time: 1_700_000_000 + (i % 100) }));
    await importOf(timed, { sample: 10, splitTime: 1_700_000_080, replace: true });
    const splits = metaOf().sampled!.rest.map(({ split, task }) => `${task} ${split}`);
    expect(splits.toSorted()).toEqual(['x test', 'x train', 'y test', 'y train']);
    expect(totals('x', 'a', (split) => split === 'train')[0]).toBe(27);
  });

  it('names models that have no outcome in the sample', async () => {
    const rare = { query: 'Question 1', task: 'x', model: 'rare', score: 1 };
    const rows = [...calls(200), { ...rare, query: `Rare one` }];
    for (let seed = 0; seed < 5; seed++) {
      await importOf(rows, { sample: 5, seed, replace: true });
      if (bench.rows().some(({ models }) => 'rare' in models)) continue;
      const { warnings } = await loadDataset(bench.out);
      expect(warnings.join('\n')).toMatch(/1 model of the log with no outcome in the sample.*: rare \(1\)/);
      return;
    }
    throw new Error('the rare model was drawn by every seed');
  });

  it.each<[ImportOptions, RegExp]>([
    [{ sample: 5, append: true }, /without append/],
    [{ sample: 5, splitByTime: 0.5 }, /give splitTime/],
    [{ sample: 0 }, /sample/],
  ])('refuses %j', async (options, message) => {
    expect((await bench.refused('log.jsonl', jsonl(...calls(9)), options)).message).toMatch(message);
  });

  it('is refused where its sums cannot be true', async () => {
    await importOf(calls(90), { sample: 5 });
    const path = join(bench.out, 'meta.json');
    const meta = metaOf();
    const [first] = Object.values(meta.sampled!.rest[0]!.models);
    for (const wrong of [{ sum: 1e12 }, { scores: 0 }, { scores: -1 }, { cost: -1 }]) {
      const before = { ...first! };
      Object.assign(first!, wrong);
      writeFileSync(path, JSON.stringify(meta));
      expect((await failureOf(() => loadDataset(bench.out))).message).toMatch(/meta\.json: sampled\.rest\[0\]\.models/);
      Object.assign(first!, before);
    }
  });

  it('takes nothing in addition', async () => {
    await importOf(calls(90), { sample: 5 });
    writeFileSync(join(bench.dir, 'more.csv'), csv('query,model,score', 'New?,a,1'));
    const error = await failureOf(() => importOutcomes(join(bench.dir, 'more.csv'), bench.out, { append: true }));
    expect(error.message).toMatch(/meta\.json: says that the rows are a sample/);
  });
});

describe('LargestFirst', () => {
  it('has the largest of what is in it at hand', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.array(fc.integer()), (first, more) => {
        const heap = new LargestFirst();
        for (const value of first) heap.add(value);
        const known = first.toSorted((a, b) => b - a);
        for (const value of more) {
          expect(heap.largest).toBe(known[0]);
          heap.replaceLargest(value);
          known[0] = value;
          known.sort((a, b) => b - a);
        }
        expect(heap.largest).toBe(known[0]);
      }),
    );
    expect(new LargestFirst().largest).toBe(-Infinity);
  });
});

it('hashes differ by the seed, whose 53 bits all count', () => {
  const seeds = [0, 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  expect(new Set(seeds.map((seed) => hash53('a text', seed))).size).toBe(seeds.length);
});
