import {
  createMatrix,
  defineRouter,
  throwIfAborted,
  z,
  type RouterArtifact,
  type RouterInput,
  type ScoringRouter,
} from '@routeprofile/schema';
import { fitAdditive } from '../task-table/additive.js';
import { assertMadeBy, namedArray, parsePart, weightMatrix } from './artifact.js';
import { bradleyTerry, countWins } from './bradley-terry.js';
import { joinedManifest, joiningModels } from './extend.js';
import { assertModels } from './input.js';
import { nothingToLearn } from './pairs.js';
import { scoringRouter } from './scoring-router.js';

const NAME = 'best-single';
const options = z.strictObject({});
const state = z.object({ from: z.enum(['outcomes', 'pairs']), newModels: z.array(z.string()) });

/** How good each model is over all training queries. */
export interface Strengths {
  /** One a model: its part in outcome ≈ query + model, or its Bradley–Terry strength. 0, which is average, where unknown. */
  values: Float64Array;
  known: boolean[];
  from: 'outcomes' | 'pairs';
}

/**
 * With outcomes, least squares on query + model, so that a model does not lead for having met the easy queries; where all are
 * measured that is the order of the mean outcomes. Else Bradley–Terry on the pairs.
 * @returns null when there is neither
 */
export function overallStrengths({ models, training }: Pick<RouterInput, 'models' | 'training'>): Strengths | null {
  const { outcomes, pairs } = training;
  const n = models.length;
  if (outcomes?.score.some((score) => !Number.isNaN(score))) {
    const weights = Float64Array.from(outcomes.score, (score) => (Number.isNaN(score) ? 0 : 1));
    const known = models.map((_, m) => weights.some((w, k) => k % n === m && w > 0));
    const fit = fitAdditive(outcomes.score, weights, weights.length / n, n);
    return { values: fit.models, known, from: 'outcomes' };
  }
  if (pairs.length === 0) return null;
  const players = new Set(pairs.flatMap(({ better, worse }) => [better, worse]));
  return {
    values: bradleyTerry(countWins(n, pairs), n),
    known: models.map((_, m) => players.has(m)),
    from: 'pairs',
  };
}

/**
 * The same order of models for every query: what any other router has to beat. A model without training outcomes counts as
 * average, so it is never the choice.
 */
export const bestSingleRouter = defineRouter<z.infer<typeof options>>({
  name: NAME,
  summary: 'the model that is best over all training queries, whatever the query',
  options,
  needs: ['training'],
  async fit(input, _options, ctx) {
    throwIfAborted(ctx);
    assertModels(NAME, input.models);
    const strengths = overallStrengths(input);
    if (!strengths) throw nothingToLearn(NAME);
    const { values, known, from } = strengths;
    const row = createMatrix(1, values.length, Float32Array.from(values));
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: {},
        models: [...input.models],
        encoder: null,
        dimensions: null,
        seed: ctx.seed,
        state: { from, newModels: input.models.filter((_, m) => !known[m]) },
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
    const { newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
    const row = createMatrix(1, joined.models.length);
    row.data.set(weightMatrix(artifact, 'strengths', 1, artifact.manifest.models.length).data);
    const manifest = joinedManifest(artifact, joined);
    return create({
      manifest: { ...manifest, state: { ...manifest.state, newModels: [...newModels, ...joined.added] } },
      weights: { strengths: namedArray(row) },
    });
  },
});

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
