import {
  defineRouter,
  normalizeRows,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type RouterArtifact,
} from '@routeprofile/schema';
import { rowProducts } from '@routeprofile/numerics';
import { assertMadeBy, namedArray, weightMatrix } from '../common/artifact.js';
import { joinedManifest, joinedRows, joiningModels } from '../common/extend.js';
import { assertModels, profileVectors, queryVectors } from '../common/input.js';
import { scoringRouter } from '../common/scoring-router.js';

const NAME = 'sim';
const options = z.strictObject({});
/** `simRouter` has no options. */
export type SimOptions = z.infer<typeof options>;

/**
 * Training-free: the score of a model is the cosine of the query's vector and the model's profile, so it lies in [−1, 1].
 * Both sides are brought to length 1, whatever scale the profile strategy leaves them on. A zero vector has cosine 0 with all.
 * Queries and profiles must come from one encoder; others are refused with SHAPE_MISMATCH or BAD_INPUT. Scores: [queries × models].
 * (RouteProfile, arXiv 2605.00180, SimRouter.)
 */
export const simRouter = defineRouter<SimOptions>({
  name: NAME,
  summary: 'cosine of query and profile; learns nothing',
  options,
  needs: ['vectors'],
  async fit(input, _options, ctx) {
    throwIfAborted(ctx);
    assertModels(NAME, input.models);
    const profiles = normalizeRows(profileVectors(NAME, input));
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: {},
        models: [...input.models],
        encoder: input.profiles.provenance.encoder,
        dimensions: profiles.cols,
        seed: ctx.seed,
        state: {},
      },
      weights: { profiles: namedArray(profiles) },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  async extend(artifact, { profiles, cards }, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const joining = joiningModels(artifact, { profiles, cards });
    const given = normalizeRows(profileVectors(NAME, { models: joining.models, profiles }));
    const rows = joinedRows(NAME, joining, ownProfiles(artifact), given);
    return create({ manifest: joinedManifest(artifact, joining), weights: { profiles: namedArray(rows) } });
  },
});

const ownProfiles = (artifact: RouterArtifact): Matrix =>
  weightMatrix(artifact, 'profiles', artifact.manifest.models.length, artifact.manifest.dimensions ?? undefined);

function create(artifact: RouterArtifact) {
  const { models, encoder } = artifact.manifest;
  const profiles = ownProfiles(artifact);
  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries) {
      const vectors = queryVectors(NAME, queries, { what: 'profiles', encoder, dimensions: profiles.cols });
      const scores = rowProducts(normalizeRows(vectors), profiles);
      return {
        scores,
        explain: (q, winner) => [
          {
            kind: 'similarity',
            text: `cosine ${rowOf(scores, q)[winner]!.toFixed(3)} between the query and the profile of ${models[winner]}`,
          },
        ],
      };
    },
    save: () => ({ manifest: structuredClone(artifact.manifest), weights: { profiles: namedArray(profiles) } }),
  });
}
