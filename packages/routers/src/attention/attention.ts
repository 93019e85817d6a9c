import {
  createMatrix,
  defineRouter,
  normalizeRows,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type KeyedScores,
  type Matrix,
  type ProfileSet,
  type Reason,
  type RouterArtifact,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import { rowDots } from '@routeprofile/numerics';
import { assertMadeBy, namedArray, parsePart, weightMatrix } from '../common/artifact.js';
import { joinedManifest, joinedRows, joiningModels } from '../common/extend.js';
import { inheritedReason } from '../common/inherit.js';
import { assertModels, profileVectors, queryVectors } from '../common/input.js';
import { scoringRouter } from '../common/scoring-router.js';
import { lessonOf } from '../common/seen-models.js';
import { inheritance } from '../knn/new-models.js';
import { attend, attentionTo, isComplete, scoreRows, shrunkScores, type Memory, type Sharpness } from './attend.js';
import { attentionReason, topShares, type Share } from './reasons.js';
import { tuneOnKeys, tuneOnTraining } from './tune.js';
import { assertTrainable } from '../common/trainable.js';

const NAME = 'attention';
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

const state = z.object({
  temperature: z.number(),
  shrinkage: z.number(),
  tuned: z.enum(['training', 'keys']),
  labels: z.array(z.string()),
  newModels: z.array(z.string()),
  crossValidation: z.array(z.object({ temperature: z.number(), shrinkage: z.number(), value: z.number() })),
});

/**
 * Reads scores off the keys of a profile that carries them: score_m(q) = Σ_k w_k s_mk over the keys that m was measured at, with
 * w = softmax(cos(q, key) / temperature) shared out among them, drawn to the model's mean by `shrinkage` keys of evidence:
 * (n Σ w s + shrinkage · mean) / (n + shrinkage), where n is the effective number of those keys, 1 / the largest weight of any
 * key times their share of the attention. A model measured at no key that is attended to stands at its mean.
 *
 * With `tune: keys`, and wherever there is no training data, the router learns nothing but two numbers from the keys themselves.
 * A model without a single score, in a set without biases, takes over the scores of the others, by likeness of profiles (see `inheritance`).
 */
export const attentionRouter = defineRouter<AttentionOptions>({
  name: NAME,
  summary:
    'scores on the known queries or tasks (keys) most like the query, weighted by attention; needs a profile that carries scores',
  options,
  needs: ['vectors'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    const { models, profiles } = input;
    if (chosen.tune === 'keys') assertModels(NAME, models);
    else assertTrainable(NAME, input);
    const keyed = keyedOf(profiles);
    const unit = normalizeRows(profileVectors(NAME, { models, profiles }));
    const memory: Memory = {
      keys: normalizeRows(keyed.keys),
      ...scoreRows({ ...profiles, keyed }, rowsOf(models, profiles)),
    };
    const known = models.map((_, m) => placed(memory, m, profiles));
    const { tuned, sharpness, candidates } = tune(input, memory, keyed.queries, chosen, ctx);
    const labels = [...new Set(keyed.labels)];
    const place = new Map(labels.map((label, l) => [label, l]));
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...models],
        encoder: profiles.provenance.encoder,
        dimensions: memory.keys.cols,
        seed: ctx.seed,
        state: {
          ...sharpness,
          tuned,
          labels,
          newModels: models.filter((_, m) => !known[m]),
          crossValidation: candidates,
        },
      },
      weights: {
        ...arraysOf(memory, createMatrix(models.length, models.length, inheritance(unit, known))),
        labels: { shape: [keyed.labels.length, 1], data: Float32Array.from(keyed.labels, (l) => place.get(l)!) },
      },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  /** Who joins brings its scores at the same keys, from the extended profile set. */
  async extend(artifact, { profiles, cards }, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const joining = joiningModels(artifact, { profiles, cards });
    const { newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
    const { memory: own, shares: ownShares } = memoryOf(artifact);
    const keyed = keyedOf(profiles);
    const given = scoreRows({ ...profiles, keyed }, rowsOf(joining.models, profiles));
    assertSameKeys(own.keys, normalizeRows(keyed.keys));
    const memory: Memory = {
      keys: own.keys,
      scores: joinedRows(NAME, joining, own.scores, given.scores),
      measured: joinedRows(NAME, joining, own.measured, given.measured),
      priors: given.priors,
    };
    memory.priors.set(own.priors);
    const known = joining.models.map((_, m) => placed(memory, m, profiles));
    const unit = normalizeRows(profileVectors(NAME, { models: joining.models, profiles }));
    const shares = createMatrix(known.length, known.length, inheritance(unit, known));
    for (let m = 0; m < own.scores.rows; m++) rowOf(shares, m).fill(0).set(rowOf(ownShares, m));
    const added = joining.added.filter((model) => !known[joining.models.indexOf(model)]);
    const manifest = joinedManifest(artifact, joining);
    return create({
      manifest: { ...manifest, state: { ...manifest.state, newModels: [...newModels, ...added] } },
      weights: { ...artifact.weights, ...arraysOf(memory, shares) },
    });
  },
});

/** @throws RouteProfileError BAD_INPUT for a set without keyed scores */
function keyedOf({ keyed, provenance }: ProfileSet): KeyedScores {
  if (keyed && keyed.keys.rows > 0) return keyed;
  throw new RouteProfileError('BAD_INPUT', `${NAME}: the profiles (${provenance.strategy}) carry no scores`, {
    hint: 'Build score-carrying profiles: `advantage` from model cards or outcomes, or `outcomes` from measured outcomes.',
  });
}

const rowsOf = (models: readonly string[], profiles: ProfileSet) =>
  models.map((model) => profiles.models.indexOf(model));

/** Whether the set says anything of a model: a score at some key, or a bias. */
const placed = ({ measured }: Memory, model: number, { biases }: ProfileSet) =>
  biases !== undefined || rowOf(measured, model).some((x) => x > 0);

function assertSameKeys(own: Matrix, given: Matrix): void {
  const same = own.data.length === given.data.length && own.data.every((x, k) => Math.abs(x - given.data[k]!) < 1e-5);
  if (!same)
    throw new RouteProfileError('BAD_INPUT', `${NAME}: the keys are not those that the router was fitted on`, {
      hint: 'Extend the profiles that the router was fitted on, and give that set.',
    });
}

function tune(
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
  // Pairs and outcomes are not so much as looked at when the keys are to choose.
  const lesson = by === 'keys' ? null : lessonOf(training);
  if (by === 'training' && !lesson)
    throw new RouteProfileError('NO_TRAINING_DATA', `${NAME}: there are no training queries to tune on`, {
      hint: 'Give outcomes or pairs, or use `tune=keys`, which needs none.',
    });
  if (!lesson) {
    const { chosen, candidates } = tuneOnKeys(memory, given, ctx);
    return { tuned: 'keys' as const, sharpness: chosen, candidates };
  }
  const space = {
    what: 'keys',
    encoder: training.queries.encoder ?? null,
    dimensions: memory.keys.cols,
  };
  const vectors = normalizeRows(queryVectors(NAME, training.queries, space));
  const { chosen, candidates } = tuneOnTraining(memory, vectors, training, queries, given, ctx);
  return { tuned: 'training' as const, sharpness: chosen, candidates };
}

const arraysOf = ({ keys, scores, measured, priors }: Memory, shares: Matrix) => ({
  keys: namedArray(keys),
  scores: namedArray(scores),
  measured: namedArray(measured),
  priors: { shape: [priors.length, 1], data: priors },
  inheritance: namedArray(shares),
});

function memoryOf(artifact: RouterArtifact): { memory: Memory; shares: Matrix } {
  const { models, dimensions } = artifact.manifest;
  const keys = weightMatrix(artifact, 'keys', undefined, dimensions ?? undefined);
  const table = (name: string) => weightMatrix(artifact, name, models.length, keys.rows);
  const priors = weightMatrix(artifact, 'priors', models.length, 1).data;
  return {
    memory: { keys, scores: table('scores'), measured: table('measured'), priors },
    shares: weightMatrix(artifact, 'inheritance', models.length, models.length),
  };
}

function labelsOf(artifact: RouterArtifact, keys: number, count: number): Float32Array {
  const { data } = weightMatrix(artifact, 'labels', keys, 1);
  if (data.every((l) => Number.isInteger(l) && l >= 0 && l < count)) return data;
  throw new RouteProfileError('CORRUPT_FILE', `${NAME}: weights.npz: 'labels' names a label that does not exist`);
}

function create(artifact: RouterArtifact) {
  const { models, encoder } = artifact.manifest;
  const { temperature, shrinkage, labels, newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const { memory, shares } = memoryOf(artifact);
  const labelOf = labelsOf(artifact, memory.keys.rows, labels.length);
  const complete = isComplete(memory);
  const inheriting = models.flatMap((model, m) => (newModels.includes(model) ? [m] : []));
  const space = { what: 'keys', encoder, dimensions: memory.keys.cols };

  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries, ctx) {
      const vectors = normalizeRows(queryVectors(NAME, queries, space));
      const scores = createMatrix(vectors.rows, models.length);
      const cosines = new Float64Array(memory.keys.rows);
      const attention = new Float64Array(memory.keys.rows);
      const seen = Array.from({ length: vectors.rows }, (_, q): { shares: Share[]; evidence: Float64Array } => {
        throwIfAborted(ctx);
        const row = rowOf(scores, q);
        rowDots(memory.keys, rowOf(vectors, q), cosines);
        attentionTo(cosines, temperature, attention);
        const found = attend(memory, attention, complete);
        shrunkScores(found, memory.priors, shrinkage, row);
        for (const m of inheriting)
          row[m] = rowOf(shares, m).reduce((sum, w, j) => (w > 0 ? sum + w * row[j]! : sum), 0);
        return { shares: topShares(attention, labelOf, labels.length), evidence: found.evidence };
      });
      const explain = (q: number, winner: number): Reason[] => {
        const model = models[winner]!;
        const { shares: top, evidence } = seen[q]!;
        const named = top.map(({ label, share }) => ({ label: labels[label]!, share }));
        const reason = attentionReason(model, rowOf(scores, q)[winner]!, evidence[winner]!, named);
        return newModels.includes(model) ? [reason, inheritedReason(model)] : [reason];
      };
      return { scores, explain };
    },
    save: () => ({
      manifest: structuredClone(artifact.manifest),
      weights: { ...arraysOf(memory, shares), labels: { shape: [labelOf.length, 1], data: labelOf } },
    }),
  });
}
