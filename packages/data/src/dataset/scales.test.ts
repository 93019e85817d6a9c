import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { checkDataset } from '../layouts/check.js';
import { loadDataset } from '../layouts/load.js';
import { folderOf, outcomeRow as row, publishedFiles, routingRow, temporaryFolder } from './testing.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (scoresOf: (i: number) => Record<string, number>, extra: (i: number) => object = () => ({})) =>
  folderOf(root, `d${count++}`, {
    'outcomes.jsonl': Array.from({ length: 12 }, (_, i) =>
      row(`${i}`, scoresOf(i), { split: i < 8 ? 'train' : 'test', ...extra(i) }),
    ),
  });
const warningsOf = async (dir: string) => (await loadDataset(dir)).warnings.filter((text) => text.startsWith('Scores'));

describe('scores on different scales', () => {
  it('are named with the model that differs, in the check as in the loader', async () => {
    const dir = folder((i) => ({ a: (i % 3) / 2, b: (i % 2) * 80, c: i % 2 }));
    const expected =
      'Scores are on different scales: b has scores up to 80, while a, c have only scores between 0 and 1 (1 task: t). Bring them to one scale, such as 0 to 1: until then every comparison of these models is wrong.';
    expect(await warningsOf(dir)).toEqual([expected]);
    expect((await checkDataset(dir)).warnings).toContain(expected);
    expect(await warningsOf(folder((i) => ({ a: 0.4 + i / 100, b: 50 + i, c: 70 - i })))).toEqual([
      expect.stringMatching(/^Scores are on different scales: a has only scores between 0 and 1, while b, c have/),
    ]);
  });

  it('are found without a task too, and among routing rows', async () => {
    const untasked = folder(
      (i) => ({ a: i % 2, b: 60 + i }),
      () => ({ task: undefined }),
    );
    expect(await warningsOf(untasked)).toEqual([
      expect.stringContaining('a has only scores between 0 and 1, while b has scores up to 71. Bring'),
    ]);
    const test = [1, 2, 3].map((i) => routingRow('qa', `q${i}`, { a: 0.5, b: 90, c: 70 }));
    const published = folderOf(root, `d${count++}`, publishedFiles({ 'route_data/routing_test_data.json': test }));
    expect(await warningsOf(published)).toEqual([
      expect.stringMatching(/a has only scores .* while b, c have scores up to 90/),
    ]);
  });

  it('are not seen in weak models, ratings, or tasks that each have a scale of their own', async () => {
    expect(await warningsOf(folder((i) => ({ a: 0, b: 50 + i })))).toEqual([]);
    expect(await warningsOf(folder((i) => ({ a: 1, b: 1 + (i % 5) })))).toEqual([]);
    expect(await warningsOf(folder((i) => ({ a: -(i % 2), b: 90 })))).toEqual([]);
    const perTask = folder(
      (i) => (i % 2 === 0 ? { a: 0.5, b: 1 } : { a: 50 + i, b: 100 }),
      (i) => ({ task: i % 2 === 0 ? 'shares' : 'percent' }),
    );
    expect(await warningsOf(perTask)).toEqual([]);
  });
});
