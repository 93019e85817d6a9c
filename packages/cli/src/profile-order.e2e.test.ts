import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readProfileSet, writeProfileSet } from '@routeprofile/data';
import { takeRows, type Decision } from '@routeprofile/schema';
import { routeprofile, temporaryFolder } from './testing/harness.js';

describe('profiles in another order than the dataset', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const cache = ['--cache', at('cache')];
  const made = ['--data', at('sample'), ...cache, '--encoder', 'hash:dimensions=64'];
  afterAll(() => folder.remove());

  it('train the same router: scores and biases go with their models', async () => {
    await routeprofile(['sample', at('sample')]);
    await routeprofile(['profile', 'build', ...made, '--profile', 'advantage', '--out', at('profiles')]);
    const set = await readProfileSet(at('profiles', 'advantage.npz'));
    const order = set.models.map((_, m) => m).reverse();
    await writeProfileSet(at('reversed'), 'advantage', {
      ...set,
      models: order.map((m) => set.models[m]!),
      vectors: takeRows(set.vectors, order),
      keyed: { ...set.keyed!, scores: takeRows(set.keyed!.scores, order) },
      biases: Float32Array.from(order, (m) => set.biases![m]!),
    });
    const ask = async (profiles: string) => {
      const out = at(`router-${profiles}`);
      const train = ['router', 'train', ...made, '--router', 'attention:tune=keys', '--out', out];
      expect((await routeprofile([...train, '--profiles', at(profiles, 'advantage.npz')])).code).toBe(0);
      const { stdout } = await routeprofile(['route', 'What is 2 + 2?', '--router', out, ...cache, '--json']);
      return (JSON.parse(stdout) as Decision).ranked;
    };
    expect(await ask('reversed')).toEqual(await ask('profiles'));
  });
});
