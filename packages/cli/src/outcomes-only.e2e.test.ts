import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

/** A router plugin that says it cannot learn from pairs, and would fail in a way of its own if it were tried. */
const PLUGIN = `export default {
  kind: 'router', specVersion: 1, name: 'means', summary: 'needs outcomes', needs: ['outcomes'],
  options: { safeParse: (data) => ({ success: true, data }) },
  fit: async () => { throw new Error('fit was called'); },
  load: async () => {},
};`;

describe('a router that needs outcomes, on a dataset of pairs', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const write = (name: string, value: unknown) => writeFileSync(at('pairs', name), JSON.stringify(value));

  beforeAll(() => {
    for (const part of ['profile_data', 'route_data']) mkdirSync(at('pairs', part), { recursive: true });
    writeFileSync(at('means.mjs'), PLUGIN);
    const card = (text: string) => ({ feature: text, detailed_scores: { sums: 50 } });
    const cards = { small: card('a small model'), large: card('a large model') };
    for (const mode of ['standard', 'newllm']) {
      write(`profile_data/model_feature_${mode}.json`, cards);
      write(`profile_data/task_queries_${mode}.json`, { sums: ['2 + 2?'] });
    }
    write('profile_data/candidate_models.json', cards);
    write('profile_data/model_family_feature.json', {});
    write('profile_data/task_feature.json', { sums: 'adding numbers' });
    write('profile_data/domain_feature.json', {});
    write('profile_data/domain_task_map.json', {});
    const row = (i: number) => ({ task_name: 'sums', query: `${i} + ${i}?`, ground_truth: String(2 * i) });
    write('route_data/pairwise_training_data_standard.json', {
      pairwise_data: [1, 2, 3, 4].map((i) => ({ ...row(i), better_model: 'large', worse_model: 'small' })),
    });
    const performance = { small: { task_performance: 0 }, large: { task_performance: 1 } };
    write(
      'route_data/routing_test_data.json',
      [5, 6].map((i) => ({ ...row(i), model_performance: performance })),
    );
  });
  afterAll(() => folder.remove());

  const data = () => ['--data', at('pairs'), '--encoder', 'hash', '--cache', at('cache'), '--quiet'];
  const routers = () => `${at('means.mjs')},knn`;

  it('is refused by run before work starts, in one error', async () => {
    const args = ['run', ...data(), '--profile', 'emb-gnn', '--router', routers(), '--out', at('run')];
    const { code, stderr } = await routeprofile(args);
    expect(code).not.toBe(0);
    expect(stderr).toContain('has 4 pairs and no outcomes');
    expect(stderr).toContain('means.mjs cannot learn from pairs');
    expect(stderr).not.toContain('fit was called');
    expect(existsSync(at('cache'))).toBe(false);
  });

  it('is refused by router train; the others train', async () => {
    const train = (router: string) =>
      routeprofile([
        'router',
        'train',
        ...data(),
        '--profiles',
        at('p', 'emb-gnn.npz'),
        '--router',
        router,
        '--out',
        at('r'),
      ]);
    const refused = await train(at('means.mjs'));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('has 4 pairs and no outcomes');
    const built = await routeprofile(['profile', 'build', ...data(), '--profile', 'emb-gnn', '--out', at('p')]);
    expect(built).toMatchObject({ code: 0 });
    expect(await train('knn')).toMatchObject({ code: 0 });
  });
});
