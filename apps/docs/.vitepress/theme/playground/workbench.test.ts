import { readFile } from 'node:fs/promises';
import { createHashEncoder } from '@routeprofile/encoders';
import type { Router } from '@routeprofile/schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { LAMBDAS } from './prices';
import { fitRouter } from './routers';
import { parseSample, type Sample } from './sample';
import { openWorkbench, route, type Workbench } from './workbench';

const GENERATED = new URL('../../../playground/generated/', import.meta.url);
const ctx = { seed: 42 };

async function generated(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(new URL(file, GENERATED), 'utf8'));
  } catch (cause) {
    throw new Error(`${file} cannot be read: run \`node tools/playground.mjs\` in apps/docs first`, { cause });
  }
}

let sample: Sample;
let bench: Workbench;
let router: Router;

beforeAll(async () => {
  sample = parseSample(await generated('sample.json'));
  bench = await openWorkbench(sample, createHashEncoder(), ctx);
  router = await fitRouter('attention', bench.input, ctx);
}, 60_000);

describe('workbench', () => {
  it('reads the whole sample', () => {
    expect(sample.models).toHaveLength(8);
    expect(sample.outcomes.score).toHaveLength(8 * sample.queries.length);
    expect(bench.keyed.scores.rows).toBe(8);
    expect(() => parseSample({ simulated: true })).toThrow();
  });

  it('finds a training query itself, and its task', async () => {
    const [first] = sample.queries;
    const { neighbours, tasks } = await route(bench, router, first!.text);
    expect(neighbours[0]).toMatchObject({ id: first!.id, task: first!.task });
    expect(neighbours[0]!.similarity).toBeCloseTo(1, 5);
    expect(neighbours[0]!.outcomes).toEqual([...sample.outcomes.score.slice(0, 8)]);
    const similarities = neighbours.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    const shares = tasks.map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(tasks.find(({ task }) => task === first!.task)!.share).toBe(Math.max(...shares));
  });

  it('says of a task what its card scores say', async () => {
    const { tasks } = await route(bench, router, 'x');
    const dates = tasks.find(({ task }) => task === 'dates')!;
    const scores = sample.cards.map((card) => card.scores.get('dates')!.value);
    expect(dates.advantages.indexOf(Math.max(...dates.advantages.map((x) => x ?? -1)))).toBe(
      scores.indexOf(Math.max(...scores)),
    );
  });

  it('chooses by score when cost does not count, and the cheapest when it counts above all', async () => {
    const { scores, choices } = await route(bench, router, sample.queries[0]!.text);
    expect(choices.map(({ lambda }) => lambda)).toEqual(LAMBDAS);
    expect(choices[0]).toMatchObject({ model: scores[0]!.model, reason: null });
    const cheapest = [...scores].sort((a, b) => a.cost! - b.cost!)[0]!;
    expect(choices.at(-1)!.model).toBe(cheapest.model);
    expect(new Set(choices.map(({ model }) => model)).size).toBeGreaterThan(2);
    const cost = new Map(scores.map(({ model, cost }) => [model, cost!]));
    const spent = choices.slice(1).map(({ model }) => cost.get(model)!);
    expect(spent).toEqual([...spent].sort((a, b) => b - a));
  });

  it('answers the same whatever was asked before', async () => {
    const ask = async () => ({ ...(await route(bench, router, 'How many metres are 3 miles?')), seconds: null });
    const before = await ask();
    await route(bench, router, 'something else');
    expect(await ask()).toEqual(before);
  });

  it.each(['knn', 'sim'] as const)(
    'knows chance and cost of every model with %s',
    async (name) => {
      const { scores, reasons } = await route(bench, await fitRouter(name, bench.input, ctx), sample.queries[9]!.text);
      for (const { chance, cost, latency } of scores) {
        expect(chance).toBeGreaterThan(0);
        expect(chance).toBeLessThan(1);
        expect(cost).toBeGreaterThan(0);
        expect(latency).toBeGreaterThan(0);
      }
      expect(reasons.length).toBeGreaterThan(2);
    },
    60_000,
  );
});
