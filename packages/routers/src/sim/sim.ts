import { defineScoringRouter, joinedRows, normalizeRows, profileVectors, takeRows, z } from '@routeprofile/schema';
import { rowProducts } from '@routeprofile/numerics';

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
export const simRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'cosine of query and profile; learns nothing',
  options,
  needs: ['vectors'],
  state: z.object({}),
  shapes: ({ models, dimensions }) => ({ profiles: [models, dimensions] }),
  learn: (input) => ({ state: {}, weights: { profiles: normalizeRows(profileVectors(NAME, input)) } }),
  score: ({ weights }, { vectors }) => rowProducts(normalizeRows(vectors), weights.profiles),
  rows: {
    metric: 'cosine',
    own: ({ weights }) => weights.profiles,
    of: (_, profiles) => normalizeRows(profileVectors(NAME, { models: profiles.models, profiles })),
    probes: (_, vectors) => normalizeRows(vectors),
    score(_, vectors, rows) {
      const unit = normalizeRows(vectors);
      return rows.map((given, q) => rowProducts(takeRows(unit, [q]), given).data);
    },
  },
  explain: (_, { model, score }) => [
    { kind: 'similarity', text: `cosine ${score.toFixed(3)} between the query and the profile of ${model}` },
  ],
  join({ weights }, joining) {
    const profiles = normalizeRows(profileVectors(NAME, joining));
    return { weights: { profiles: joinedRows(NAME, joining, weights.profiles, profiles) } };
  },
});
