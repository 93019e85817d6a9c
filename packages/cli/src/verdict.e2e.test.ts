import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runReportSchema } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

describe('what a run recommends', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const base = ['--data', at('sample'), '--encoder', 'hash:dimensions=64', '--cache', at('cache'), '--profile', 'flat'];
  const routers = ['--router', 'sim,knn,knn+cost:within=0.02'];

  beforeAll(async () => {
    expect((await routeprofile(['sample', at('sample')])).code).toBe(0);
    expect((await routeprofile(['run', ...base, ...routers, '--out', at('run')])).code).toBe(0);
  });
  afterAll(() => folder.remove());

  const saved = () => runReportSchema.parse(JSON.parse(readFileSync(at('run', 'report.json'), 'utf8')));

  it('is one choice, made on training data, that can be asked', async () => {
    const { recommendation } = saved();
    expect(recommendation).toMatchObject({ chosenBy: 'out-of-fold outcomes', folds: 3, margin: 0.02, testRows: 192 });
    expect(recommendation!.contenders).toHaveLength(4);
    for (const { quality, costPer1k } of recommendation!.contenders)
      expect([quality, costPer1k]).toEqual([expect.any(Number), expect.any(Number)]);
    const { choice } = recommendation!;
    if (choice.kind !== 'router') throw new Error('on the sample a router is worth it');
    expect(existsSync(at('run', choice.folder!, 'router.json'))).toBe(true);
    const { stdout } = await routeprofile(['run', ...base, ...routers, '--out', at('run')]);
    expect(stdout).toContain('Reused from an earlier run: 3 of 3 cells.');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(recommendation!.words);
    expect(stdout).toContain(
      `Ask it: npx @routeprofile/cli route --router ${at('run', choice.folder!)} "your question"`,
    );
    const page = readFileSync(at('run', 'report.html'), 'utf8').replaceAll(/\s+/g, ' ');
    expect(page).toContain(recommendation!.words);
  });

  it('shows promises beside what was kept, in a run and when a saved router is evaluated', async () => {
    const { promises = [] } = saved();
    expect(promises).toMatchObject([{ wrapper: 'cost', kind: 'within', limit: 0.02, label: 'flat × knn+cost' }]);
    expect(promises[0]!.found!.low).toBeLessThan(promises[0]!.found!.high!);
    const router = at('run', 'routers', 'flat.knn+cost.seed42');
    const args = ['evaluate', '--data', at('sample'), '--cache', at('cache'), '--router', router, '--margin', '0.5'];
    const { stdout, code } = await routeprofile([...args, '--out', at('evaluation'), '--json']);
    expect(code).toBe(0);
    const evaluated = runReportSchema.parse(JSON.parse(stdout));
    expect(evaluated.promises?.map(({ found }) => found)).toEqual(promises.map(({ found }) => found));
    expect(evaluated.recommendation).toMatchObject({ margin: 0.5, verdict: 'not-worse', chosenBy: 'order' });
  });

  it('goes by the order without folds, and refuses what cannot be', async () => {
    const { report } = await runReport([...base, ...routers, '--selection-folds', '0', '--out', at('order')]);
    expect(report.recommendation).toMatchObject({ chosenBy: 'order', folds: 0 });
    for (const folds of ['1', '21']) {
      const refused = await routeprofile([
        'run',
        ...base,
        ...routers,
        '--selection-folds',
        folds,
        '--out',
        at('order'),
      ]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('give 0, or 2 to 20');
    }
    const margin = await routeprofile(['run', ...base, '--margin', 'x', '--out', at('order')]);
    expect([margin.code, margin.stderr]).toEqual([2, expect.stringContaining('a number of at least 0')]);
  });

  it('is the best single model where every router is a constant, and the page of few rows has no interval', async () => {
    const rows = Array.from({ length: 30 }, (_, q) => ({
      id: `${q}`,
      query: `question ${q}`,
      split: q < 26 ? 'train' : 'test',
      models: { good: { score: 1, cost: 0.001 }, bad: { score: 0, cost: 0.002 } },
    }));
    await routeprofile(['sample', at('few')]);
    writeFileSync(at('few', 'outcomes.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const { stdout } = await routeprofile([
      'run',
      '--data',
      at('few'),
      ...base.slice(2, 6),
      '--router',
      'knn,linear',
      '--out',
      at('few-out'),
    ]);
    expect(stdout).toContain('No router is needed: ask good.');
    expect(stdout).not.toContain('Ask it:');
    expect(stdout).toContain('too few for a 95 % interval');
    expect(stdout).not.toContain('0.000 to 0.000');
  });
});
