import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRouterArtifact } from '@routeprofile/data';
import type { Decision } from '@routeprofile/schema';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

const EXAMPLES = Array.from({ length: 20 }, (_, i) => `Question ${i}: is ${i} even?\nAnswer: ${i % 2 === 0}\n`).join(
  '',
);
const QUESTIONS = ['what is the sum of', 'which king ruled in the year'];

describe('prompts that share their examples', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const quick = ['--encoder', 'hash:dimensions=64', '--cache', at('cache')];

  beforeAll(() => {
    mkdirSync(at('data'));
    const rows = Array.from({ length: 80 }, (_, i) => ({
      id: `q${i}`,
      split: i < 60 ? 'train' : 'test',
      query: `${EXAMPLES}${QUESTIONS[i % 2]} ${i}?`,
      models: { sums: { score: i % 2 === 0 ? 1 : 0 }, kings: { score: i % 2 } },
    }));
    writeFileSync(at('data', 'outcomes.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  });
  afterAll(() => folder.remove());

  it('are encoded without them, in training, in evaluation and in use', async () => {
    const args = ['--data', at('data'), ...quick, '--profile', 'flat', '--router', 'knn', '--out', at('out')];
    const { report } = await runReport(args);
    expect(report.warnings.join()).toContain('60 of 60 training queries begin with a text that many share');
    expect(report.rows[0]?.metrics['avg_performance']).toBe(1);
    const router = at('out', 'routers', 'flat.knn.seed42');
    expect((await readRouterArtifact(router)).manifest.sharedPrefixes).toEqual([EXAMPLES]);

    const ask = async (query: string) => {
      const { stdout } = await routeprofile(['route', query, '--router', router, '--cache', at('cache'), '--json']);
      return (JSON.parse(stdout) as Decision).ranked;
    };
    expect(await ask(`${EXAMPLES}${QUESTIONS[1]} 1066?`)).toEqual(await ask(`${QUESTIONS[1]} 1066?`));
  });

  it('are encoded whole when that is wanted', async () => {
    const args = ['--data', at('data'), ...quick, '--profile', 'flat', '--router', 'knn', '--shared-prefix', 'keep'];
    const { report } = await runReport([...args, '--out', at('kept')]);
    expect(report.warnings.join()).not.toContain('many share');
    expect(
      (await readRouterArtifact(at('kept', 'routers', 'flat.knn.seed42'))).manifest.sharedPrefixes,
    ).toBeUndefined();
  });
});
