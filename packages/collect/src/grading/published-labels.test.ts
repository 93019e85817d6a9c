import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routingFileSchema } from '@routeprofile/schema';
import { METRIC_RULES, resolveMetric, scoreResponse } from './index.js';

const file = join(process.env['ROUTEPROFILE_DATA'] ?? '', 'routeprofile', 'route_data', 'routing_dev_data.json');

describe.runIf(process.env['ROUTEPROFILE_DATA'] !== undefined && existsSync(file))('the published labels', () => {
  it('are what the published rules give, every one of nine tasks', () => {
    const agreement: Record<string, number> = {};
    for (const row of routingFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))) {
      const metric = resolveMetric(row.metric!, row.task_name, METRIC_RULES.published);
      // The formula of CommonGen's labels is unknown, and code needs a sandbox.
      if (metric === 'code_eval' || metric === 'commongen_coverage') continue;
      agreement[row.task_name] ??= 0;
      for (const { response, task_performance } of Object.values(row.model_performance)) {
        const score = scoreResponse(metric, response!, String(row.ground_truth), METRIC_RULES.published);
        if (score === task_performance) agreement[row.task_name]!++;
      }
    }
    expect(agreement).toEqual({
      'agentverse-logicgrid': 200,
      'agentverse-mgsm': 200,
      arc_challenge: 200,
      commonsense_qa: 200,
      gsm8k: 200,
      mmlu: 200,
      natural_qa: 200,
      openbook_qa: 200,
      trivia_qa: 200,
    });
  });
});
