import { parseOptions, RouteProfileError, takeRows, z, type Matrix } from '@routeprofile/schema';
import { rowDots } from '@routeprofile/numerics';
import { knownMean } from '../common/known-mean.js';
import { closestFirst, highest, type Neighbours } from '../knn/neighbours.js';

const share = z.number().min(0).max(1);
const options = z.strictObject({
  /** Training queries looked up, the most similar ones. Default 400. */
  neighbours: z.number().int().min(1).default(400),
  /** Models that are asked: the best on these queries. Default 3. */
  asked: z.number().int().min(1).default(3),
  /** Share of the neighbours kept once the answers are known. Default 0.5. */
  kept: share.gt(0).default(0.5),
  /** How much the likeness of the queries still counts, of 1, beside that of the answers. Default 0. */
  queryWeight: share.default(0),
  /** How much the length of an answer counts, of 1, beside its vector. Default 0.4. */
  lengthWeight: share.default(0.4),
  /**
   * `together`: a training query is near where all asked models answered it as they answer this one, and says what every model is worth
   * (the paper). `own`: each asked model is judged on the queries that itself answered so. Default `together`.
   */
  alike: z.enum(['together', 'own']).default('together'),
  /** `any`: the model chosen may be one that was not asked, which is then paid as well (the paper). `asked`: only those. Default `any`. */
  choose: z.enum(['any', 'asked']).default('any'),
});
/** Options of a support set; the defaults are those of the code that the authors published. */
export type SupportSetOptions = z.input<typeof options>;

/** @throws RouteProfileError BAD_OPTION */
export const supportSetOptions = (given: SupportSetOptions): z.infer<typeof options> =>
  parseOptions({ name: 'support-set', options }, given);

/** The support set: judged answers of models to training queries, as vectors. NaN in a table: not recorded. */
export interface JudgedAnswers {
  models: readonly string[];
  /** [queries × dimensions], unit rows. */
  queries: Matrix;
  /** Of each model [queries × dimensions], unit rows; the row of an answer that is not recorded says nothing. */
  answers: readonly Matrix[];
  /** [queries × models], characters of the answer. */
  lengths: Float64Array;
  /** [queries × models] */
  scores: Float64Array;
}

/** An answer that a model gave to the query at hand. */
export interface GivenAnswer {
  model: string;
  /** Unit vector of its text, of the encoder of the support set. */
  vector: Float32Array;
  /** Characters. */
  length: number;
}

/** What the training queries most like a query say of the models. */
export interface SupportedModels {
  /** The neighbours, closest first. */
  near: Neighbours;
  /** Of each model: its mean score on them, weighted by cosine; NaN where it was not measured on any. */
  scores: Float64Array;
  /** Models to ask, best first. */
  asked: string[];
}

/**
 * The first stage of JiSi: which models to ask. Of the `neighbours` training queries with the highest cosine c_i to the query, model m has
 * the score Σ c_i s_im / Σ c_i, over those where it was measured; a cosine below 0 counts as 0. The best `asked` of them are named.
 *
 * @param query unit vector, of the encoder of the support set
 */
export function supportedModels(
  support: JudgedAnswers,
  query: Float32Array,
  settings: SupportSetOptions = {},
): SupportedModels {
  const { neighbours, asked } = supportSetOptions(settings);
  const cosines = new Float32Array(support.queries.rows);
  rowDots(support.queries, query, cosines);
  const near = closestFirst(highest(cosines, neighbours));
  const scores = weightedScores(support, near);
  return { near, scores, asked: byScore(support.models, scores).slice(0, asked) };
}

/**
 * The second stage of JiSi, query–response mixed routing (arXiv 2601.01330): what each model is worth once the asked models A have
 * answered. Neighbour i is as near as
 *
 *     w_i = (1 − q) · 1/|A| · Σ_{m ∈ A} [(1 − l) · cos(a_im, a_m) + l · (1 − |n_im² − n_m²| / max_j |n_jm² − n_m²|)] + q · c_i
 *
 * with a the vectors of m's answers, n their lengths, q and l the weights of query and length. The share `kept` of the neighbours with the
 * highest w stays, and model m has the score Σ w_i s_im / Σ w_i over them. A neighbour is compared by the answers recorded there, and
 * left out where none is.
 *
 * @param first of `supportedModels` for the same query and settings
 * @param given answers of the asked models
 * @returns shape [models]; NaN for a model that was not measured there, or that `alike: 'own'` does not judge
 * @throws RouteProfileError BAD_OPTION; BAD_INPUT for an answer of a model that the support set does not have
 */
export function scoresByAnswers(
  support: JudgedAnswers,
  first: SupportedModels,
  given: readonly GivenAnswer[],
  settings: SupportSetOptions = {},
): Float64Array {
  const chosen = supportSetOptions(settings);
  const likeTo = (answers: readonly GivenAnswer[]) =>
    weightedScores(support, likeAnswered(support, first.near, answers, chosen));
  if (chosen.alike === 'together') return likeTo(given);
  const scores = new Float64Array(support.models.length).fill(NaN);
  for (const answer of given) {
    const m = placeOf(support, answer.model);
    scores[m] = likeTo([answer])[m]!;
  }
  return scores;
}

/** The neighbours that were answered like this, each with w. */
function likeAnswered(
  support: JudgedAnswers,
  near: Neighbours,
  given: readonly GivenAnswer[],
  { kept, queryWeight, lengthWeight }: z.infer<typeof options>,
): Neighbours {
  const { models, answers, lengths } = support;
  const likeness = given.map(({ model, vector, length }) => {
    const m = placeOf(support, model);
    const cosines = new Float32Array(near.rows.length);
    rowDots(takeRows(answers[m]!, near.rows), vector, cosines);
    const gaps = Float64Array.from(near.rows, (row) => Math.abs(lengths[row * models.length + m]! ** 2 - length ** 2));
    const widest = gaps.reduce((a, b) => (b > a ? b : a), 0);
    return Array.from(gaps, (gap, i) =>
      Number.isNaN(gap) ? NaN : (1 - lengthWeight) * cosines[i]! + lengthWeight * (widest === 0 ? 1 : 1 - gap / widest),
    );
  });
  const compared = Array.from(near.rows, (row, i) => ({
    row,
    cosine: near.similarities[i]!,
    alike: knownMean(likeness.map((each) => each[i])),
  })).flatMap(({ row, cosine, alike }) =>
    alike === undefined ? [] : [{ row, weight: (1 - queryWeight) * alike + queryWeight * cosine }],
  );
  const best = highest(
    Float32Array.from(compared, ({ weight }) => weight),
    Math.max(1, Math.floor(kept * compared.length)),
  );
  return { ...best, rows: best.rows.map((i) => compared[i]!.row) };
}

/** Of each model the mean of its scores on the neighbours, each weighing its similarity; NaN where it was not measured on any. */
function weightedScores({ models, scores }: JudgedAnswers, { rows, similarities }: Neighbours): Float64Array {
  return Float64Array.from(models, (_, m) => {
    let [sum, total] = [0, 0];
    rows.forEach((row, i) => {
      const score = scores[row * models.length + m]!;
      if (Number.isNaN(score)) return;
      // Where nothing is alike, all count the same.
      const weight = Math.max(similarities[i]!, 1e-9);
      sum += weight * score;
      total += weight;
    });
    return total === 0 ? NaN : sum / total;
  });
}

function placeOf({ models }: JudgedAnswers, model: string): number {
  const place = models.indexOf(model);
  if (place < 0)
    throw new RouteProfileError('BAD_INPUT', `the support set has no model '${model}'`, {
      hint: `It has ${models.join(', ')}.`,
    });
  return place;
}

/** The models that have a score, the best first; of equals the one that comes first. */
export const byScore = (models: readonly string[], scores: Float64Array): string[] =>
  models
    .map((model, m) => ({ model, score: scores[m]! }))
    .filter(({ score }) => !Number.isNaN(score))
    .sort((a, b) => b.score - a.score)
    .map(({ model }) => model);
