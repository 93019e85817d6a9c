import type { Template } from '../template.js';

export const metricTemplate: Template = {
  source: `import { defineMetric } from '@routeprofile/schema';

/**
 * Regret: what the best model of each query would have scored above the model that was chosen, on average. Put a figure of your
 * own in its place: it reads outcomes and choices, and gives a number, or null when the data cannot say.
 */
export default defineMetric({
  name: '__NAME__',
  summary: 'mean of the best outcome of a query less the outcome of the choice; 0 = always the best',
  higherIsBetter: false,
  evaluate({ table, choices }) {
    const { models, queries, values } = table;
    if (queries.length === 0) return null;
    // Row-major, [queries × models]. Every candidate has an outcome on these rows.
    const regrets = queries.map((_, q) => {
      const scores = values.score.subarray(q * models.length, (q + 1) * models.length);
      return Math.max(...scores) - scores[choices[q]!]!;
    });
    return regrets.reduce((sum, regret) => sum + regret, 0) / regrets.length;
  },
});
`,
  test: `import { describeMetricContract, syntheticRoutingRun } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import metric from './index.js';

// The suite every metric passes: a finite number or null, whatever the data lack.
describeMetricContract({ describe, it, expect }, metric);

describe('__NAME__', () => {
  it('is 0 for the best choices, and counts what is missed', () => {
    const run = syntheticRoutingRun(1);
    const values = { ...run.table.values, score: Float64Array.of(0.25, 1, 0) };
    const table = { ...run.table, values };
    expect(metric.evaluate({ ...run, table, choices: Int32Array.of(1) })).toBe(0);
    expect(metric.evaluate({ ...run, table, choices: Int32Array.of(0) })).toBe(0.75);
  });
});
`,
  usage: `Named by this package, or by the path of its file, it appears in every report beside the built-in metrics:

\`\`\`sh
npx @routeprofile/cli run --data my-data --metric __NAME__
\`\`\`

In code the functions of \`@routeprofile/eval\` take it:

\`\`\`ts
import { builtInMetrics, evaluateChoices } from '@routeprofile/eval';
import metric from '__NAME__';

const { metrics } = evaluateChoices(run, [...builtInMetrics, metric]);
\`\`\`
`,
};
