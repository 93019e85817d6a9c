import type { Template } from '../template.js';

export const routerTemplate: Template = {
  source: `import {
  createMatrix,
  defineScoringRouter,
  normalizeRows,
  rowOf,
  rowsWithHeirs,
  throwIfAborted,
  z,
  type RouterTraining,
} from '@routeprofile/schema';

// A router goes by its package name, and a saved router is found again by it: keep the two alike.
const NAME = '__NAME__';

/**
 * Each model has a direction: the mean of the training queries' vectors, weighted by how much better or worse than the others it
 * did on them. A query goes to the model whose direction it lies along. Put a method of your own in its place: \`learn\` and
 * \`score\` are all there is to it. Saving, loading, ties and the checks of whatever comes in are done for you.
 */
export default defineScoringRouter({
  name: NAME,
  summary: 'the model whose good queries are like this one',
  // Validated and completed by this schema: \`--router __NAME__:shrink=20\`. All options need a default.
  options: z.strictObject({
    /** Number of imagined training queries that draw a model's direction to zero. The more, the less models seen rarely are trusted. */
    shrink: z.number().min(0).default(5),
  }),
  // It reads query vectors, and cannot do without outcomes or pairs.
  needs: ['vectors', 'training'],
  // What is learned: JSON, checked by this schema when a router is loaded, and matrices of these shapes.
  state: z.object({ newModels: z.array(z.string()) }),
  shapes: ({ models, dimensions }) => ({ directions: [models, dimensions] }),

  /** Draw randomness from \`createRandom(ctx.seed, 'a label')\`, if you need any. */
  learn({ models, training, vectors }, { shrink }, ctx) {
    const leads = leadsOf(training, models.length);
    const unit = normalizeRows(vectors);
    const directions = createMatrix(models.length, unit.cols);
    const newModels = models.filter((_, m) => {
      // Long steps ask now and then whether to stop, and tell how far they are.
      throwIfAborted(ctx);
      const row = rowOf(directions, m);
      let seen = 0;
      for (let q = 0; q < unit.rows; q++) {
        const lead = leads[q * models.length + m]!;
        if (Number.isNaN(lead)) continue;
        seen += 1;
        rowOf(unit, q).forEach((x, d) => (row[d]! += lead * x));
      }
      if (seen > 0) row.forEach((x, d) => (row[d] = x / (seen + shrink)));
      ctx.onProgress?.({ stage: NAME, done: m + 1, total: models.length, unit: 'models' });
      return seen === 0;
    });
    return { state: { newModels }, weights: { directions } };
  },

  /** [queries × models], higher is better. A model without training rows has direction 0, and so the score of an average one. */
  score({ models, weights: { directions } }, { vectors }) {
    const unit = normalizeRows(vectors);
    const scores = createMatrix(unit.rows, models.length);
    for (let q = 0; q < unit.rows; q++) {
      const x = rowOf(unit, q);
      rowOf(scores, q).forEach((_, m, row) => (row[m] = rowOf(directions, m).reduce((sum, w, d) => sum + w * x[d]!, 0)));
    }
    return scores;
  },

  /** Why the winner won, for people. */
  explain: (_, { model, score }) => [
    { kind: 'direction', text: \`\${score.toFixed(3)} along the queries that \${model} is good at\` },
  ],

  /** A model that joins later points where those with profiles like its own point. Leave \`join\` out if none can. */
  join: ({ state: { newModels }, weights }, joining) => ({
    state: { newModels: [...newModels, ...joining.added] },
    weights: { directions: rowsWithHeirs(NAME, weights.directions, newModels, joining) },
  }),
});

/**
 * How much better than the others a model did on a query, [queries × models]; NaN = not seen. Outcomes tell it where they were
 * measured; otherwise pairs do: wins less losses.
 */
function leadsOf({ queries, outcomes, pairs }: RouterTraining, models: number): Float64Array {
  const leads = new Float64Array(queries.texts.length * models).fill(NaN);
  if (outcomes)
    for (let q = 0; q < queries.texts.length; q++) {
      const row = outcomes.score.subarray(q * models, (q + 1) * models);
      const measured = row.filter((score) => !Number.isNaN(score));
      const mean = measured.reduce((a, b) => a + b, 0) / measured.length;
      leads.set(
        row.map((score) => score - mean),
        q * models,
      );
    }
  else
    for (const { query, better, worse } of pairs) {
      const [won, lost] = [query * models + better, query * models + worse];
      leads[won] = (leads[won]! || 0) + 1;
      leads[lost] = (leads[lost]! || 0) - 1;
    }
  return leads;
}
`,
  test: `import { parseOptions } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import router from './index.js';

// The suite every router passes: ties, seeds, batches, saving and loading, missing data, interruption.
describeRouterContract({ describe, it, expect }, router);

describe('__NAME__', () => {
  it('finds the model that is strong at the task', async () => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 120 });
    const learned = await router.fit(input, parseOptions(router, {}), { seed: 1 });
    const decisions = await learned.decide(queries);
    const right = decisions.filter(({ model }, q) => model === \`model-\${bestModel[q]}\`).length;
    expect(right).toBeGreaterThan(queries.texts.length / 2);
  });
});
`,
  usage: `Then, where this package is installed:

\`\`\`sh
npx @routeprofile/cli run --data sample --encoder hash --router __NAME__:shrink=10,linear --out run
\`\`\`

A router that lies beside you needs no build: \`--router ./src/index.ts\` runs it from here. A saved router of yours opens where you
name the plugin as well, by its package or file, because its code runs:

\`\`\`sh
npx @routeprofile/cli route --router run/routers/FOLDER --plugin __NAME__ "What is 17 * 3?"
\`\`\`

Its folder is named by profile, router and seed; \`run/routers\` has it.
`,
};
