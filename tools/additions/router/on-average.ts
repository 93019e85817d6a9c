import {
  artifactArray,
  decisionsFromScores,
  defineRouter,
  fromRows,
  RouteProfileError,
  throwIfAborted,
  z,
  type Router,
  type RouterArtifact,
} from '@routeprofile/schema';

const NAME = 'on-average';

/** The model with the highest mean outcome on the training rows, for every query. Scores: [queries × models], means. */
export const onAverageRouter = defineRouter({
  name: NAME,
  summary: 'the model with the highest mean outcome, whatever the query',
  options: z.strictObject({}),
  needs: ['outcomes'],
  async fit({ models, training }, options, ctx) {
    throwIfAborted(ctx);
    const score = training.outcomes?.score ?? new Float64Array();
    const means = models.map((_, m) => {
      const own = score.filter((value, at) => at % models.length === m && !Number.isNaN(value));
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    if (means.every(Number.isNaN))
      throw new RouteProfileError('NO_TRAINING_DATA', `${NAME}: there are no training outcomes`);
    return open({
      manifest: {
        version: 1,
        strategy: NAME,
        options,
        models: [...models],
        encoder: null,
        dimensions: null,
        seed: ctx.seed,
        state: {},
      },
      // A model without outcomes comes last.
      weights: { means: { shape: [models.length], data: Float32Array.from(means, (mean) => mean || 0) } },
    });
  },
  load: async (artifact) => open(artifact),
});

function open(artifact: RouterArtifact): Router {
  const { manifest } = artifact;
  if (manifest.strategy !== NAME)
    throw new RouteProfileError('CORRUPT_FILE', `${NAME}: the files are of the strategy ${manifest.strategy}`);
  const means = artifactArray(artifact, 'means', [manifest.models.length]);
  return {
    models: manifest.models,
    decide: async ({ texts }) => decisionsFromScores(manifest.models, fromRows(texts.map(() => means.data))),
    save: async () => ({ manifest, weights: { means } }),
  };
}
