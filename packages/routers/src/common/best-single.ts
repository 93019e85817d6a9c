import {
  createMatrix,
  defineRouter,
  throwIfAborted,
  z,
  type RouterArtifact,
  type ScoringRouter,
} from '@routeprofile/schema';
import { bestSingle, type BestSingle } from '@routeprofile/numerics';
import { assertMadeBy, namedArray, parsePart, weightMatrix } from './artifact.js';
import { joinedManifest, joiningModels } from './extend.js';
import { nothingToLearn } from './pairs.js';
import { scoringRouter } from './scoring-router.js';
import { assertTrainable } from './trainable.js';

const NAME = 'best-single';
const options = z.strictObject({});
const state = z.object({ from: z.enum(['outcomes', 'pairs']), newModels: z.array(z.string()) });

/**
 * The same order of models for every query: what any other router has to beat. The first is `bestSingle` of
 * `@routeprofile/numerics`, the model that a report is compared with. A model that nothing is known of counts as average and is
 * never the choice.
 */
export const bestSingleRouter = defineRouter<z.infer<typeof options>>({
  name: NAME,
  summary: 'the model that is best over all training queries, whatever the query',
  options,
  needs: ['training'],
  async fit(input, _options, ctx) {
    throwIfAborted(ctx);
    assertTrainable(NAME, input);
    const best = bestSingle(input.models, input.training);
    if (!best) throw nothingToLearn(NAME);
    const row = createMatrix(1, best.worth.length, scoresOf(best));
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: {},
        models: [...input.models],
        encoder: null,
        dimensions: null,
        seed: ctx.seed,
        state: { from: best.from, newModels: input.models.filter((_, m) => Number.isNaN(best.worth[m])) },
      },
      weights: { strengths: namedArray(row) },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  async extend(artifact, joining, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const joined = joiningModels(artifact, joining);
    const { models } = artifact.manifest;
    const { newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
    const strengths = weightMatrix(artifact, 'strengths', 1, models.length).data;
    const newcomer = scoreOfUnknown(strengths.filter((_, m) => !newModels.includes(models[m]!)));
    const row = createMatrix(1, joined.models.length);
    row.data.fill(newcomer).set(strengths);
    const manifest = joinedManifest(artifact, joined);
    return create({
      manifest: { ...manifest, state: { ...manifest.state, newModels: [...newModels, ...joined.added] } },
      weights: { strengths: namedArray(row) },
    });
  },
});

/** Worths as scores, one a model. */
function scoresOf({ worth }: BestSingle): Float32Array {
  const scores = Float32Array.from(worth);
  const unknown = scoreOfUnknown(scores.filter((score) => !Number.isNaN(score)));
  return scores.map((score) => (Number.isNaN(score) ? unknown : score));
}

/** The average of what is known, and below its best even where all are the same. */
function scoreOfUnknown(known: Float32Array): number {
  const average = known.reduce((sum, score) => sum + score / known.length, 0);
  const best = known.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.min(average, best - Math.max(Math.abs(best), 1) * 2 ** -20);
}

function create(artifact: RouterArtifact): ScoringRouter {
  const { models } = artifact.manifest;
  const { from } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const strengths = weightMatrix(artifact, 'strengths', 1, models.length);
  const what = from === 'outcomes' ? 'mean outcome' : 'Bradley–Terry strength';
  return scoringRouter({
    name: NAME,
    models,
    evaluate({ texts }) {
      const scores = createMatrix(texts.length, models.length);
      for (let q = 0; q < texts.length; q++) scores.data.set(strengths.data, q * models.length);
      const explain = (_: number, winner: number) => [
        { kind: 'best-single', text: `${models[winner]} has the highest ${what} over all training queries` },
      ];
      return { scores, explain };
    },
    save: () => ({ manifest: structuredClone(artifact.manifest), weights: { strengths: namedArray(strengths) } }),
  });
}
