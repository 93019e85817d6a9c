import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RouteProfileError, rowOf, type Encoder } from '@routeprofile/schema';
import { toyEncoder } from '@routeprofile/schema/testing';
import { buildProfileSet, createEncoder, flatProfile, loadDataset } from '../node.js';

const QUESTIONS: Record<string, (i: number) => string> = {
  sums: (i) => `What is ${i} plus ${i + 3}?`,
  capitals: (i) => `What is the capital of country number ${i}?`,
};

/** Twelve rows a task; `reckoner` is right on sums, `reader` on capitals, `both` always. */
const rows = Object.entries(QUESTIONS).flatMap(([task, question]) =>
  Array.from({ length: 12 }, (_, i) => ({
    id: `${task}-${i}`,
    task,
    split: i < 8 ? 'train' : 'test',
    query: question(i),
    models: {
      reckoner: { score: task === 'sums' ? 1 : 0 },
      reader: { score: task === 'capitals' ? 1 : 0 },
      both: { score: 1 },
    },
  })),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-'));
  await writeFile(join(folder, 'outcomes.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('buildProfileSet', () => {
  it.each(['index', 'flat', 'emb-gnn:hops=1', 'emb-gnn:compat=true'])('from a folder: %s', async (profile) => {
    const set = await buildProfileSet(folder, { profile, encoder: 'hash' });
    expect(set.models).toEqual(['reckoner', 'reader', 'both']);
    expect(set.vectors.rows).toBe(3);
    expect(set.vectors.data.every(Number.isFinite)).toBe(true);
    expect(set.provenance.strategy).toBe(profile.split(':')[0]);
    expect(set.provenance.seed).toBe(42);
  });

  it('from a loaded dataset, with an encoder and a strategy of one’s own, left alive', async () => {
    let disposed = false;
    const encoder: Encoder = { ...toyEncoder(), dispose: async () => void (disposed = true) };
    const dataset = { ...(await loadDataset(folder)), simulated: true };
    const options = { encoder, graph: { families: false }, profile: flatProfile, options: { topK: 1 }, seed: 3 };
    const set = await buildProfileSet(dataset, { ...options, models: ['reader'] });
    expect(set.models).toEqual(['reader']);
    expect(set.texts?.[0]).toContain('[DATASET] capitals (score 100)');
    expect(set.provenance).toMatchObject({ seed: 3, simulated: true, encoder: encoder.id, options: { topK: 1 } });
    expect(disposed).toBe(false);
  });

  it.each(['emb-gnn', 'flat'])(
    'brings models near the queries of the tasks they stand high on: %s',
    async (profile) => {
      const encoder = await createEncoder('hash');
      const { vectors } = await buildProfileSet(folder, { profile, encoder });
      const queries = await encoder.encode([QUESTIONS['sums']!(10), QUESTIONS['capitals']!(10)]);
      const cosine = (query: number, model: number) => {
        const profile = rowOf(vectors, model);
        return rowOf(queries, query).reduce((sum, x, d) => sum + x * profile[d]!, 0);
      };
      const [sums, capitals, reckoner, reader] = [0, 1, 0, 1];
      expect(cosine(sums, reckoner)).toBeGreaterThan(cosine(sums, reader));
      expect(cosine(capitals, reader)).toBeGreaterThan(cosine(capitals, reckoner));
    },
  );

  it.each<[object, string]>([
    [{ profile: 'emb-gnm' }, 'UNKNOWN_NAME'],
    [{ profile: 'emb-gnn:hops=two' }, 'BAD_OPTION'],
    [{ graph: 'everything' }, 'UNKNOWN_NAME'],
    [{ graph: { tasks: false, domains: true } }, 'BAD_OPTION'],
    [{ models: ['both', 'nobody'] }, 'UNKNOWN_NAME'],
    [{ signal: AbortSignal.abort() }, 'ABORTED'],
  ])('refuses %j with %s', async (options, code) => {
    const error: unknown = await buildProfileSet(folder, { encoder: 'hash', ...options }).catch((e: unknown) => e);
    expect(RouteProfileError.isInstance(error) && error.code).toBe(code);
  });
});
