import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importOutcomes, loadDataset, readProfileSet } from '@routeprofile/data';
import { afterAll, expect, it } from 'vitest';
import { buildProfiles } from './build-profiles.js';

const root = mkdtempSync(join(tmpdir(), 'rp-sampled-'));
afterAll(() => rmSync(root, { recursive: true }));

it('profiles of a sampled log have the task scores of all rows, and say so', async () => {
  const log = join(root, 'log.csv');
  const rows = Array.from(
    { length: 2_000 },
    (_, i) => `Question ${i},${i % 2 ? 'x' : 'y'},${i % 3 ? 1 : 0},${i % 5 ? 1 : 0}`,
  );
  writeFileSync(log, ['query,task,a,b', ...rows].join('\n'));
  const data = join(root, 'data');
  await importOutcomes(log, data, { models: ['a', 'b'], sample: 40 });
  const { cards, test } = await loadDataset(data);
  const counts = cards.flatMap(({ scores }) => [...scores.values()].map(({ count }) => count ?? 0));
  expect(counts).toHaveLength(4);
  expect(counts.reduce((a, b) => a + b, 0)).toBe(2 * (2_000 - test.queries.length));

  const config = { data, out: join(root, 'out'), encoder: 'hash', profile: [{ name: 'advantage', options: {} }] };
  const [built] = await buildProfiles(config);
  const { provenance, biases } = await readProfileSet(built!.path);
  expect(provenance.notes?.join('\n')).toMatch(/task scores are from all training rows of a log of 2,000 records/);
  // Shares of one: a is right on 2 of 3 of all queries, b on 4 of 5; of the 56 sampled training queries each would be off by some points.
  expect(biases![1]! - biases![0]!).toBeCloseTo(4 / 5 - 2 / 3, 2);
});
