import {
  assertTrainable,
  corruptFile,
  createMatrix,
  defineScoringRouter,
  inheritance,
  inheritedReasons,
  joinedRows,
  keyedScores,
  lessonOf,
  normalizeRows,
  profileVectors,
  queryVectors,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type ProfileSet,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import { createSearch } from '../knn/neighbours.js';
import {
  assertSameKeys,
  attend,
  attendEach,
  isComplete,
  NAME,
  placed,
  scoreRows,
  shrunkScores,
  type Memory,
  type Sharpness,
} from './attend.js';
import { attentionReason, topShares, type Share } from './reasons.js';
import { attentionRows } from './rows.js';
import { tuneOnKeys, tuneOnTraining } from './tune.js';

const options = z.strictObject({
  /** Differences of cosine of this size matter; `auto` is chosen as `tune` says. */
  temperature: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
  /** Number of imagined keys, as near as the nearest, that draw a score to the model's mean; `auto` is chosen as `tune` says. */
  shrinkage: z.union([z.number().min(0), z.literal('auto')]).default('auto'),
  /**
   * What chooses: how `training` queries are routed, or how well the `keys` predict each other, which reads neither pairs nor
   * outcomes; `auto`: training queries where there are any.
   */
  tune: z.enum(['auto', 'training', 'keys']).default('auto'),
});
/** Options of `attentionRouter`, parsed. All default to `auto`. */
export type AttentionOptions = z.infer<typeof options>;

/**
 * Reads scores off the keys of a profile that carries them: score_m(q) = Σ_k w_k s_mk over the keys that m was measured at, with
 * w = softmax(cos(q, key) / temperature) shared out among them, drawn to the model's mean by `shrinkage` keys of evidence:
 * (n Σ w s + shrinkage · mean) / (n + shrinkage), where n is the effective number of those keys, 1 / the largest weight of any
 * key times their share of the attention. A model measured at no key that is attended to stands at its mean.
 *
 * With `tune: keys`, and wherever there is no training data, the router learns nothing but two numbers from the keys themselves.
 * A model without a single score, in a set without biases, takes over the scores of the others, by likeness of profiles (see `inheritance`).
 */
export const attentionRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary:
    'scores on the known queries or tasks (keys) most like the query, weighted by attention; needs a profile that carries scores',
  options,
  needs: ['vectors'],
  comparedWith: 'keys',
  state: z.object({
    temperature: z.number(),
    shrinkage: z.number(),
    tuned: z.enum(['training', 'keys']),
    labels: z.array(z.string()),
    newModels: z.array(z.string()),
    crossValidation: z.array(z.object({ temperature: z.number(), shrinkage: z.number(), value: z.number() })),
  }),
  shapes: ({ models, dimensions, state: { newModels } }) => ({
    keys: [undefined, dimensions],
    scores: [models, 'keys'],
    measured: [models, 'keys'],
    priors: [models, 1],
    // Of a million models with scores of their own it would be 4 TB of zeros.
    inheritance: newModels.length > 0 ? [models, models] : null,
    labels: ['keys', 1],
  }),
  async learn(input, chosen, ctx) {
    const { models, profiles } = input;
    // Pairs and outcomes are not so much as looked at when the keys are to choose.
    if (chosen.tune !== 'keys') assertTrainable(NAME, input);
    const keyed = keyedScores(NAME, profiles);
    const unit = normalizeRows(profileVectors(NAME, input));
    const memory: Memory = {
      keys: normalizeRows(keyed.keys),
      ...scoreRows({ ...profiles, keyed }, rowsOf(models, profiles)),
    };
    const known = models.map((_, m) => placed(memory, m, profiles));
    const { tuned, sharpness, candidates } = await tune(input, memory, keyed.queries, chosen, ctx);
    const labels = [...new Set(keyed.labels)];
    const place = new Map(labels.map((label, l) => [label, l]));
    const newModels = models.filter((_, m) => !known[m]);
    return {
      state: { ...sharpness, tuned, labels, newModels, crossValidation: candidates },
      weights: {
        ...weightsOf(memory, newModels.length > 0 ? sharesOf(unit, known) : createMatrix(0, 0)),
        labels: column(Float32Array.from(keyed.labels, (label) => place.get(label)!)),
      },
    };
  },
  async prepare({ state: { labels, newModels }, models, weights }) {
    if (!weights.labels.data.every((l) => Number.isInteger(l) && l >= 0 && l < labels.length))
      throw corruptFile(NAME, "weights.npz: 'labels' names a label that does not exist");
    const memory = memoryOf(weights);
    const inheriting = models.flatMap((model, m) => (newModels.includes(model) ? [m] : []));
    return { memory, search: await createSearch(memory.keys), complete: isComplete(memory), inheriting };
  },
  score({ models, state, weights, prepared: { memory, search, complete, inheriting } }, { vectors }, ctx) {
    const { temperature, shrinkage, labels } = state;
    const scores = createMatrix(vectors.rows, models.length);
    const found: { shares: Share[]; evidence: Float64Array }[] = [];
    attendEach({ memory, search }, vectors, temperature, (attention, q) => {
      throwIfAborted(ctx);
      const row = rowOf(scores, q);
      const attended = attend(memory, attention, complete);
      shrunkScores(attended, memory.priors, shrinkage, row);
      for (const m of inheriting)
        row[m] = rowOf(weights.inheritance, m).reduce((sum, w, j) => (w > 0 ? sum + w * row[j]! : sum), 0);
      found.push({ shares: topShares(attention, weights.labels.data, labels.length), evidence: attended.evidence });
    });
    return { scores, found };
  },
  rows: attentionRows,
  explain({ state: { labels, newModels } }, { query, winner, model, score, found }) {
    const { shares, evidence } = found[query]!;
    const named = shares.map(({ label, share }) => ({ label: labels[label]!, share }));
    return [attentionReason(model, score, evidence[winner]!, named), ...inheritedReasons(model, newModels)];
  },
  /** Who joins brings its scores at the same keys, from the extended profile set. */
  join({ state: { newModels }, weights }, joining) {
    const { models, profiles } = joining;
    const own = memoryOf(weights);
    const keyed = keyedScores(NAME, profiles);
    const given = scoreRows({ ...profiles, keyed }, rowsOf(models, profiles));
    assertSameKeys(own.keys, normalizeRows(keyed.keys));
    const memory: Memory = {
      keys: own.keys,
      scores: joinedRows(NAME, joining, own.scores, given.scores),
      measured: joinedRows(NAME, joining, own.measured, given.measured),
      priors: given.priors,
    };
    memory.priors.set(own.priors);
    const known = models.map((_, m) => placed(memory, m, profiles));
    const unit = normalizeRows(profileVectors(NAME, joining));
    const added = joining.added.filter((_, i) => !known[own.scores.rows + i]);
    const heirs = [...newModels, ...added];
    const shares = heirs.length > 0 ? sharesOf(unit, known) : createMatrix(0, 0);
    for (const model of newModels) {
      const m = models.indexOf(model);
      rowOf(shares, m).fill(0).set(rowOf(weights.inheritance, m));
    }
    return { state: { newModels: heirs }, weights: weightsOf(memory, shares) };
  },
});

const sharesOf = (unit: Matrix, known: readonly boolean[]): Matrix =>
  createMatrix(known.length, known.length, inheritance(unit, known));

const column = (data: Float32Array): Matrix => createMatrix(data.length, 1, data);

const weightsOf = ({ keys, scores, measured, priors }: Memory, shares: Matrix) => ({
  keys,
  scores,
  measured,
  priors: column(priors),
  inheritance: shares,
});

const memoryOf = ({
  keys,
  scores,
  measured,
  priors,
}: Record<'keys' | 'scores' | 'measured' | 'priors', Matrix>): Memory => ({
  keys,
  scores,
  measured,
  priors: priors.data,
});

function rowsOf(models: readonly string[], profiles: ProfileSet): number[] {
  const rows = new Map(profiles.models.map((model, row) => [model, row]));
  return models.map((model) => rows.get(model) ?? -1);
}

async function tune(
  { training }: RouterInput,
  memory: Memory,
  queries: Int32Array | undefined,
  { temperature, shrinkage, tune: by }: AttentionOptions,
  ctx: RunContext,
) {
  const given: Partial<Sharpness> = {
    ...(temperature !== 'auto' && { temperature }),
    ...(shrinkage !== 'auto' && { shrinkage }),
  };
  const lesson = by === 'keys' ? null : lessonOf(training);
  if (by === 'training' && !lesson)
    throw new RouteProfileError('NO_TRAINING_DATA', `${NAME}: there are no training queries to tune on`, {
      hint: 'Give outcomes or pairs, or use `tune=keys`, which needs none.',
    });
  if (!lesson) {
    const { chosen, candidates } = await tuneOnKeys(memory, given, ctx);
    return { tuned: 'keys' as const, sharpness: chosen, candidates };
  }
  const space = {
    what: 'keys',
    encoder: training.queries.encoder ?? null,
    dimensions: memory.keys.cols,
  };
  const vectors = normalizeRows(queryVectors(NAME, training.queries, space));
  const { chosen, candidates } = await tuneOnTraining(memory, vectors, training, queries, given, ctx);
  return { tuned: 'training' as const, sharpness: chosen, candidates };
}
