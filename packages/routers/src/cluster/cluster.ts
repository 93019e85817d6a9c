import {
  createMatrix,
  defineScoringRouter,
  inheritedReasons,
  inheritedRows,
  normalizeRows,
  requireLesson,
  rowOf,
  rowsWithHeirs,
  seenModels,
  throwIfAborted,
  z,
} from '@routeprofile/schema';
import { transpose } from '@routeprofile/numerics';
import { unitWork, workOn } from '../common/shared-work.js';
import { clusterQueries } from './choose.js';
import { mixture, type Membership } from './mixture.js';

const NAME = 'cluster';
const options = z.strictObject({
  /** Number of clusters; `auto`: by cross-validation, among 1, 2, 4 … 64. */
  clusters: z.union([z.number().int().min(1), z.literal('auto')]).default('auto'),
  /** Rows of outcomes, or precision of Bradley–Terry strengths, that draw a cluster to all; `auto`: by cross-validation. */
  shrinkage: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
  /**
   * Above 0 a query belongs to several clusters, by a softmax over cosines; 0: to the nearest alone; `auto`: by
   * cross-validation, among 0, 0.03 and 0.1.
   */
  temperature: z.union([z.number().min(0), z.literal('auto')]).default('auto'),
});
/** Options of `clusterRouter`, parsed. All default to `auto`. */
export type ClusterOptions = z.infer<typeof options>;

/**
 * Training queries are put in clusters by spherical k-means, and the models are ranked in each: by what they do better than the
 * others on its queries, or by Bradley–Terry strengths on its pairs, drawn to the ranking over all clusters. A query is answered by the
 * ranking of the nearest cluster, or of several mixed. (Avengers, arXiv 2505.19797, without its votes.) With one cluster, which cross-validation may
 * choose, the models stand in one constant order.
 *
 * Scores: [queries × models], lead in outcome over the other models, or strength on the logit scale where pairs are all there is.
 *
 * A model without training outcomes or pairs takes over the scores of the others, by likeness of profiles (see `inheritance`).
 */
export const clusterRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'k-means clusters of the training queries, with one ranking of the models per cluster',
  options,
  needs: ['vectors', 'training'],
  state: z.object({
    clusters: z.number().int().min(1),
    shrinkage: z.number(),
    temperature: z.number().min(0),
    learned: z.enum(['outcomes', 'pairs']),
    newModels: z.array(z.string()),
    crossValidation: z.array(
      z.object({ clusters: z.number(), shrinkage: z.number(), temperature: z.number(), value: z.number() }),
    ),
  }),
  // A row of scores per model, so that models that join stand below.
  shapes: ({ models, dimensions, state }) => ({
    centres: [state.clusters, dimensions],
    scores: [models, state.clusters],
  }),
  async learn({ models, training, profiles, vectors }, { clusters, shrinkage, temperature }, ctx) {
    const learned = requireLesson(NAME, training);
    const fixed = (value: number | 'auto') => (value === 'auto' ? null : value);
    const given = { clusters: fixed(clusters), shrinkage: fixed(shrinkage), temperature: fixed(temperature) };
    const work = unitWork(workOn(training.queries, vectors));
    const found = await clusterQueries(work, training, models.length, learned, given, ctx);
    const known = seenModels(training, models.length);
    const newModels = models.filter((_, m) => !known[m]);
    return {
      state: { ...found.chosen, learned, newModels, crossValidation: found.candidates },
      weights: {
        centres: found.centres,
        scores: inheritedRows(NAME, transpose(found.table), models, known, profiles),
      },
    };
  },
  prepare: ({ state, weights }) => ({
    table: transpose(weights.scores),
    mix: mixture(weights.centres, state.temperature),
  }),
  score({ models, prepared: { table, mix } }, { vectors }, ctx) {
    const unit = normalizeRows(vectors);
    const scores = createMatrix(unit.rows, models.length);
    const found = Array.from({ length: unit.rows }, (_, q): Membership => {
      throwIfAborted(ctx);
      const membership = mix(rowOf(unit, q));
      rowOf(scores, q).set(membership.scores(table));
      return membership;
    });
    return { scores, found };
  },
  explain({ state, weights }, { query, model, score, found }) {
    const { nearest, cosine } = found[query]!;
    const what = state.learned === 'outcomes' ? 'mean lead over the others' : 'Bradley–Terry strength';
    const where = `cluster ${nearest + 1} of ${weights.centres.rows} (cosine ${cosine.toFixed(2)})`;
    const text = `${what} ${score.toFixed(3)} in ${where}`;
    return [{ kind: 'cluster', text }, ...inheritedReasons(model, state.newModels)];
  },
  /** Who joins has taught the router nothing: its scores are those of the models with like profiles. */
  join: ({ state: { newModels }, weights }, joining) => ({
    state: { newModels: [...newModels, ...joining.added] },
    weights: { scores: rowsWithHeirs(NAME, weights.scores, newModels, joining) },
  }),
});
