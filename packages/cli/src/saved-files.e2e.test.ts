import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProfileSet, readRouterArtifact } from '@routeprofile/data';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

describe("a report's routers and profiles", () => {
  const folder = temporaryFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  const few = ['--data', at('data'), '--encoder', 'hash', '--limit-train', '60', '--limit-test', '20'];

  /** A run into a folder; every row's router must be there, be the row's, and be alone. */
  async function made(out: string, args: readonly string[]) {
    const { code, report } = await runReport([...few, '--out', at(out), ...args]);
    expect(code).toBe(0);
    const names = readdirSync(at(out, 'routers'));
    expect(names).toHaveLength(report.rows.length);
    const routers = await Promise.all(names.map((name) => readRouterArtifact(at(out, 'routers', name))));
    for (const row of report.rows) {
      const same = routers.filter(
        ({ manifest }) =>
          manifest.strategy === row.router &&
          manifest.seed === row.seed &&
          manifest.profile === row.label.split(' × ')[0] &&
          JSON.stringify(manifest.options) === JSON.stringify(row.options.router),
      );
      expect({ row: row.label, seed: row.seed, routers: same.length }).toMatchObject({ routers: 1 });
    }
    return { report, names };
  }

  beforeAll(async () => {
    expect((await routeprofile(['sample', at('data'), '--quiet'])).code).toBe(0);
  });
  afterAll(() => folder.remove());

  it('are those of the last run, whatever ran in the same place before', async () => {
    const run = (router: string) => made('same', ['--profile', 'flat', '--router', router]);
    await run('knn:k=5');
    const first = readFileSync(at('same', 'routers', 'flat.knn.seed42', 'weights.npz'));
    await run('knn:k=40');
    await run('knn:k=5,sim');
    await run('knn:k=5');
    expect(readFileSync(at('same', 'routers', 'flat.knn.seed42', 'weights.npz')).equals(first)).toBe(true);
    const { stdout } = await routeprofile([
      'run',
      ...few,
      '--out',
      at('same'),
      '--profile',
      'flat',
      '--router',
      'knn:k=40',
    ]);
    expect(stdout).toContain('Reused from an earlier run: 1 of 1 cell.');
  });

  it('are there again when they were deleted, damaged or exchanged', async () => {
    const args = ['--profile', 'flat,index', '--router', 'sim,knn:k=5'];
    await made('again', args);
    const router = at('again', 'routers', 'flat.sim.seed42', 'router.json');
    const whole = readFileSync(router, 'utf8');
    rmSync(at('again', 'routers'), { recursive: true });
    rmSync(at('again', 'profiles'), { recursive: true });
    await made('again', args);
    expect(readFileSync(router, 'utf8')).toBe(whole);
    expect(readdirSync(at('again', 'profiles')).sort()).toEqual(
      ['flat-seed42.json', 'flat-seed42.npz', 'index-seed42.json', 'index-seed42.npz'].sort(),
    );
    await readProfileSet(at('again', 'profiles', 'flat-seed42.npz'));

    writeFileSync(router, whole.slice(0, 100));
    await made('again', args);
    expect(readFileSync(router, 'utf8')).toBe(whole);
    rmSync(at('again', 'kept'), { recursive: true });
    cpSync(at('again', 'routers', 'flat.knn.seed42'), at('again', 'routers', 'flat.sim.seed42'), { recursive: true });
    await made('again', args);
    expect(readFileSync(router, 'utf8')).toBe(whole);
  });

  it('are as many as the rows, however long or alike the labels are', async () => {
    const long = 'advantage:keys=tasks:missing=mean:shrink=';
    await made('long', [
      ...['--profile', `${long}true,${long}false`],
      ...['--router', 'mlp:epochs=1:hidden=8:output=8:layers=1,mlp:epochs=1:hidden=8:output=8:layers=2'],
      ...['--seed', '1,2'],
    ]);
  });

  it('are two files for two profiles of one strategy, step by step too', async () => {
    const { code, stdout } = await routeprofile([
      ...['profile', 'build', ...few, '--profile', 'emb-gnn:hops=1,emb-gnn:hops=2', '--out', at('built'), '--json'],
    ]);
    expect(code).toBe(0);
    const paths = (JSON.parse(stdout) as { path: string }[]).map(({ path }) => path);
    const hops = await Promise.all(paths.map(async (path) => (await readProfileSet(path)).provenance.options['hops']));
    expect(hops).toEqual([1, 2]);
  });

  it('leave alone what is not theirs', async () => {
    mkdirSync(at('mine', 'routers', 'by-hand'), { recursive: true });
    writeFileSync(at('mine', 'routers', 'by-hand', 'router.json'), '{}');
    const args = ['--profile', 'flat', '--router'];
    await runReport([...few, '--out', at('mine'), ...args, 'sim,knn:k=5']);
    writeFileSync(at('mine', 'routers', 'flat.knn.seed42', 'notes.txt'), 'keep');
    await runReport([...few, '--out', at('mine'), ...args, 'sim']);
    expect(readdirSync(at('mine', 'routers')).sort()).toEqual(['by-hand', 'flat.knn.seed42', 'flat.sim.seed42']);
    expect(readdirSync(at('mine', 'routers', 'flat.knn.seed42'))).toEqual(['notes.txt']);
    expect(existsSync(at('mine', 'routers', 'by-hand', 'router.json'))).toBe(true);
  });
});
