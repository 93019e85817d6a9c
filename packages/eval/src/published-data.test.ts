import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { assembleReport } from './report/assemble.js';
import { datasetOf, tableOf } from './testing/test-data.js';

const data = process.env['ROUTEPROFILE_DATA'];

const rowsFile = z.array(
  z.object({
    task_name: z.string(),
    model_performance: z.record(z.string(), z.object({ task_performance: z.number() })),
  }),
);

/** Published labels, re-graded labels: what the data's own README tells, to six decimals. */
const CONSTANTS = {
  'qwen2.5-7b-instruct': [0.494448, 0.604448],
  'gemma-2-9b-it': [0.534722, 0.638056],
  'llama-3.1-8b-instruct': [0.49659, 0.609924],
  'mixtral-8x7b-instruct-v0.1': [0.455175, 0.498508],
  'mixtral-8x22b-instruct-v0.1': [0.564864, 0.658197],
  'llama-3.2-3b-instruct': [0.486017, 0.559351],
  'mistral-small-24b-instruct-2501-bf16': [0.614031, 0.730698],
  'llama-3.3-70b-instruct': [0.608959, 0.748959],
} as const;

describe.runIf(data)('the published development rows', () => {
  it.each([
    ['routing_dev_data.json', 0, 0.531851, 0.758959],
    ['routing_dev_data_regraded.json', 1, 0.631018, 0.865626],
  ] as const)('%s: constants, random and oracle', (file, column, random, oracle) => {
    const rows = rowsFile.parse(JSON.parse(readFileSync(join(data ?? '', 'routeprofile', 'route_data', file), 'utf8')));
    const models = Object.keys(CONSTANTS);
    const scores = rows.map((row) => models.map((model) => row.model_performance[model]!.task_performance));
    const test = tableOf(
      models,
      scores,
      rows.map(({ task_name }) => task_name),
    );
    const dataset = datasetOf(test);
    const report = assembleReport({
      dataset,
      training: dataset.train,
      cells: [],
      encoder: 'none',
      graph: 'none',
      versions: {},
      testName: file,
      seed: 42,
    });
    const average = (name: string) => report.baselines[name]?.metrics['avg_performance'];
    expect(report.rowsUsed).toBe(300);
    for (const [model, expected] of Object.entries(CONSTANTS))
      expect(average(`constant:${model}`)?.toFixed(6)).toBe(expected[column].toFixed(6));
    expect(average('random')?.toFixed(6)).toBe(random.toFixed(6));
    expect(average('oracle')?.toFixed(6)).toBe(oracle.toFixed(6));
  });
});
