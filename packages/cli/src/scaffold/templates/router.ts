import type { Template } from '../template.js';

export const routerTemplate: Template = {
  source: `import {
  artifactArray,
  assertFinite,
  createMatrix,
  decisionsFromScores,
  defineRouter,
  normalizeRows,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type QueryBatch,
  type RouterArtifact,
  type RouterTraining,
  type RunContext,
  type ScoringRouter,
} from '@routeprofile/schema';

// A router goes by its package name, and a saved router is found again by it: keep the two alike.
const NAME = '__NAME__';

// Options are validated and completed by this schema: \`--router __NAME__:shrink=20\`. All of them need a default.
const options = z.strictObject({
  /** Number of imagined training queries that draw a model's direction to zero. The more, the less models seen rarely are trusted. */
  shrink: z.number().min(0).default(5),
});
type Options = z.infer<typeof options>;

/**
 * Each model has a direction: the mean of the training queries' vectors, weighted by how much better or worse than the others it
 * did on them. A query goes to the model whose direction it lies along. Put a method of your own in its place: \`learn\` and
 * \`scores\` are all there is to it.
 */
export default defineRouter<Options>({
  name: NAME,
  summary: 'the model whose good queries are like this one',
  options,
  needs: ['vectors', 'training'],

  async fit({ models, training }, chosen, ctx) {
    const directions = learn(training, models.length, chosen, ctx);
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...models],
        encoder: training.queries.encoder ?? null,
        dimensions: directions.cols,
        seed: ctx.seed,
        // Anything else that \`load\` needs, as JSON; numbers in bulk belong to \`weights\`.
        state: {},
      },
      weights: { directions: { shape: [directions.rows, directions.cols], data: directions.data } },
    });
  },

  async load(artifact) {
    return create(artifact);
  },
});

/** What the router learns, [models × dimensions]. Draw randomness from \`createRandom(ctx.seed, 'a label')\`, if you need any. */
function learn(training: RouterTraining, models: number, { shrink }: Options, ctx: RunContext): Matrix {
  const leads = leadsOf(training, models);
  const vectors = unitVectors(training.queries, undefined);
  const directions = createMatrix(models, vectors.cols);
  for (let m = 0; m < models; m++) {
    // Long steps ask now and then whether to stop, and tell how far they are.
    throwIfAborted(ctx);
    const row = rowOf(directions, m);
    let seen = shrink;
    for (let q = 0; q < vectors.rows; q++) {
      const lead = leads[q * models + m]!;
      if (Number.isNaN(lead)) continue;
      seen += 1;
      rowOf(vectors, q).forEach((x, d) => (row[d]! += lead * x));
    }
    if (seen > 0) row.forEach((x, d) => (row[d] = x / seen));
    ctx.onProgress?.({ stage: NAME, done: m + 1, total: models, unit: 'models' });
  }
  return directions;
}

/** [queries × models], higher is better. A model without training rows has direction 0, and so the score of an average one. */
function scores(directions: Matrix, vectors: Matrix): Matrix {
  const out = createMatrix(vectors.rows, directions.rows);
  for (let q = 0; q < vectors.rows; q++) {
    const x = rowOf(vectors, q);
    rowOf(out, q).forEach((_, m, row) => (row[m] = rowOf(directions, m).reduce((sum, w, d) => sum + w * x[d]!, 0)));
  }
  return out;
}

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
  if (leads.every(Number.isNaN))
    throw new RouteProfileError('NO_TRAINING_DATA', \`\${NAME}: there are no training outcomes and no pairs\`, {
      hint: 'Give the dataset training rows.',
    });
  return leads;
}

/** The queries' vectors at unit length, checked: whoever calls a router may hand it anything. */
function unitVectors({ texts, vectors }: QueryBatch, dimensions: number | undefined): Matrix {
  if (texts.length === 0) return createMatrix(0, dimensions ?? 0);
  if (!vectors || vectors.rows !== texts.length || vectors.cols !== (dimensions ?? vectors.cols))
    throw new RouteProfileError('SHAPE_MISMATCH', \`\${NAME}: one vector of \${dimensions ?? 'any'} numbers per query is wanted\`, {
      hint: 'Encode queries with the encoder the router was fitted on.',
    });
  assertFinite(vectors, \`\${NAME}: query vectors\`);
  return normalizeRows(vectors);
}

/** A router from what was learned or loaded. @throws RouteProfileError CORRUPT_FILE */
function create({ manifest, weights }: RouterArtifact): ScoringRouter {
  const { models, dimensions } = manifest;
  if (manifest.strategy !== NAME || dimensions === null)
    throw new RouteProfileError('CORRUPT_FILE', \`\${NAME}: router.json is damaged or of another strategy\`, {
      hint: 'Train the router again.',
    });
  // Checks that the array is there, finite and of this shape.
  const saved = artifactArray({ manifest, weights }, 'directions', [models.length, dimensions]);
  const directions = createMatrix(models.length, dimensions, saved.data);

  const score = async (queries: QueryBatch, ctx?: RunContext): Promise<Matrix> => {
    throwIfAborted(ctx);
    return scores(directions, unitVectors(queries, dimensions));
  };
  return {
    models,
    score,
    async decide(queries, ctx) {
      const found = await score(queries, ctx);
      // Sorts the models of each query, ties by their order, and says why for people.
      return decisionsFromScores(models, found, (q, winner) => [
        { kind: 'direction', text: \`\${rowOf(found, q)[winner]!.toFixed(3)} along the queries that \${models[winner]} is good at\` },
      ]);
    },
    async save() {
      return { manifest: { ...manifest }, weights: { directions: saved } };
    },
  };
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
