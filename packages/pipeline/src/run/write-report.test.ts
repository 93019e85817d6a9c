import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RowsFile, RunReport } from '@routeprofile/schema';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeReport } from './write-report.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const rows: RowsFile = {
  ...{ version: 1, dataset: { name: 'tiny', test: 'test', testHash: 'abc' }, simulated: false },
  ...{ models: ['model 0'], newModels: [], ids: [], texts: [], tasks: [], discriminative: [], oracle: [] },
  ...{ rows: [], baselines: [] },
};
const reportOf = (models: number): RunReport => {
  const names = Array.from({ length: models }, (_, m) => `model ${m}`);
  return {
    ...{ version: 1, dataset: { name: 'tiny', layout: 'outcomes', hash: 'abc', test: 'test' }, simulated: false },
    ...{ mode: 'standard', encoder: 'hash', graph: 'task', candidates: names, newModels: [], leftOut: [], rowsUsed: 0 },
    ...{ rowsIncomplete: 0, overlap: 0, tasks: {}, warnings: [], rows: [], failed: [], versions: {} },
    baselines: Object.fromEntries(
      names.map((model, m) => [`constant:${model}`, { metrics: { avg_performance: m / models }, model }]),
    ),
  };
};

it('writes many constants into a file of their own, and removes that of an earlier run', async () => {
  const large = await writeReport(folder.path, { report: reportOf(150), rows });
  const lines = readFileSync(large.constantsPath!, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(150);
  expect(JSON.parse(lines[7]!)).toEqual({ metrics: { avg_performance: 7 / 150 }, model: 'model 7' });
  expect(JSON.parse(readFileSync(large.reportPath, 'utf8'))).toEqual(large.report);
  expect(large.report.elsewhere).toMatchObject([{ file: 'constants.jsonl', total: 150, here: 101 }]);
  expect(readFileSync(large.htmlPath, 'utf8')).toContain('./constants.jsonl');

  const small = await writeReport(folder.path, { report: reportOf(50), rows });
  expect(small.report).toEqual(reportOf(50));
  expect(small.constantsPath).toBeUndefined();
  expect(existsSync(join(folder.path, 'constants.jsonl'))).toBe(false);
  expect(readFileSync(small.htmlPath, 'utf8')).not.toContain('href');
});
