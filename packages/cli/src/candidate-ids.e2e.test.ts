import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset, readRouterArtifact } from '@routeprofile/data';
import { builtInProfiles } from '@routeprofile/profiles';
import { builtInRouters } from '@routeprofile/routers';
import type { Decision, ModelCardFile } from '@routeprofile/schema';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

/** A candidate is an id, by which all is keyed, and the model that is called, which several candidates may share. */
describe('candidates whose id is not the model that is called', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const quick = ['--encoder', 'hash:dimensions=64', '--cache', at('cache'), '--quiet'];
  const QUESTION = 'What is 17 times 23?';
  const ids: string[] = [];

  beforeAll(async () => {
    expect((await routeprofile(['sample', at('plain'), '--quiet'])).code).toBe(0);
    cpSync(at('plain'), at('efforts'), { recursive: true });
    const file = at('efforts', 'models.json');
    const cards = JSON.parse(readFileSync(file, 'utf8')) as Record<string, ModelCardFile>;
    ids.push(...Object.keys(cards));
    // The first two are one model at two efforts.
    const called = ids.map((id, i) => (i < 2 ? 'shared-model' : `vendor/${id}`));
    const params = [{ reasoning_effort: 'low' }, { reasoning_effort: 'high' }];
    ids.forEach((id, i) => (cards[id] = { ...cards[id]!, model: called[i], ...(params[i] && { params: params[i] }) }));
    writeFileSync(file, JSON.stringify(cards));
  });
  afterAll(() => folder.remove());

  it('are read from the cards', async () => {
    const { candidates } = await loadDataset(at('efforts'));
    expect(candidates.map(({ id }) => id)).toEqual(ids);
    expect(candidates[1]).toMatchObject({ model: 'shared-model', params: { reasoning_effort: 'high' } });
    expect(candidates[2]).toMatchObject({ model: `vendor/${ids[2]}` });
    expect((await loadDataset(at('plain'))).candidates.every(({ id, model }) => id === model)).toBe(true);
  });

  it('are routed as they are under one name, by every profile and every router', async () => {
    const reports = await Promise.all(
      ['plain', 'efforts'].map(async (name) => {
        const run = async (profile: string, router: string, out: string) => {
          const { report } = await runReport([
            ...['--data', at(name), ...quick, '--limit-train', '60', '--limit-test', '20'],
            ...['--profile', profile, '--router', router, '--out', at(out)],
          ]);
          return report;
        };
        return [
          await run(
            'outcomes',
            `${builtInRouters.map((router) => router.name).join(',')},knn+cost:lambda=2`,
            `${name}-1`,
          ),
          await run(builtInProfiles.map((profile) => profile.name).join(','), 'sim', `${name}-2`),
        ];
      }),
    );
    const [plain, efforts] = reports.map((pair) =>
      pair.map(({ rows, baselines, failed, candidates }) => ({
        candidates,
        failed: failed.map(({ label, code }) => [label, code]),
        baselines,
        rows: rows.map(({ label, metrics, selection }) => ({ label, metrics, selection })),
      })),
    );
    expect(efforts).toEqual(plain);
    // Abilities of irt profiles are no query vectors, so that sim refuses them; nothing else fails.
    expect(plain!.map(({ failed }) => failed)).toEqual([[], [['irt × sim', 'SHAPE_MISMATCH']]]);
    expect(plain!.map(({ rows }) => rows.length)).toEqual([builtInRouters.length + 1, builtInProfiles.length - 1]);
  });

  it('stay what they are through profile build, router train, evaluate and route', async () => {
    const done = async (...args: string[]) => {
      const outcome = await routeprofile(args);
      expect(outcome.stderr).toBe('');
      return outcome.stdout;
    };
    const data = ['--data', at('efforts'), ...quick];
    await done('profile', 'build', ...data, '--profile', 'emb-gnn', '--out', at('profiles'));
    const profiles = at('profiles', 'emb-gnn.npz');
    await done('router', 'train', ...data, '--profiles', profiles, '--router', 'knn', '--out', at('router'));
    const report = JSON.parse(
      await done('evaluate', ...data, '--router', at('router'), '--out', at('evaluation'), '--json'),
    ) as { candidates: string[] };
    expect(report.candidates).toEqual(ids);
    const decision = JSON.parse(
      await done('route', QUESTION, '--router', at('router'), '--cache', at('cache'), '--json', '--quiet'),
    ) as Decision;
    expect(decision.ranked.map(({ model }) => model).sort()).toEqual([...ids].sort());
    const { manifest } = await readRouterArtifact(at('router'));
    expect(manifest.models).toEqual(ids);
    expect(manifest.candidates).toEqual((await loadDataset(at('efforts'))).candidates);
  });
});
