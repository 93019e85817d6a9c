import {
  createMatrix,
  defineRouter,
  normalizeRows,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type ProfileSet,
  type Reason,
  type RouterArtifact,
} from '@routeprofile/schema';
import { assertMadeBy, namedArray, parsePart, weightMatrix } from '../common/artifact.js';
import { joinedManifest, joiningModels, widened } from '../common/extend.js';
import { assertModels, profileVectors, queryVectors } from '../common/input.js';
import { scoringRouter } from '../common/scoring-router.js';
import { chooseK } from './choose-k.js';
import { gatherEvidence } from './evidence.js';
import { knownModels, memoryArrays, remember, type Memory } from './memory.js';
import { inheritance } from './new-models.js';
import { nearest, type Neighbours } from './neighbours.js';

const NAME = 'knn';
const options = z.strictObject({
  /** Training queries that a query is compared with; `auto` chooses by cross-validation over training queries. */
  k: z.union([z.number().int().min(1), z.literal('auto')]).default('auto'),
  /** Precision of the prior on Bradley–Terry strengths (pairs only). */
  ridge: z.number().gt(0).default(1),
});
export type KnnOptions = z.infer<typeof options>;

const state = z.object({
  k: z.number().int().min(1),
  known: z.enum(['outcomes', 'pairs']),
  newModels: z.array(z.string()),
  crossValidation: z.array(z.object({ k: z.number(), value: z.number() })),
});

/**
 * A model is scored by the training queries most like the one asked: its mean outcome among the k nearest by cosine, or,
 * where only pairs are known, its Bradley–Terry strength on their pairs, drawn to its strength over all pairs.
 *
 * A model without training outcomes or pairs takes over the scores of the others, weighted by how like its profile theirs
 * are (see `inheritance`); a weighted mean never beats the best of them, so such a model is ranked, but hardly ever first.
 * The router keeps the vectors of all training queries and searches them exactly: n × d multiplications a query.
 */
export const knnRouter = defineRouter<KnnOptions>({
  name: NAME,
  summary: 'mean outcome, or Bradley–Terry on pairs, among the most similar training queries',
  options,
  needs: ['vectors', 'training'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    const { models, training } = input;
    assertModels(NAME, models);
    const encoder = training.queries.encoder ?? null;
    const dimensions = training.queries.vectors?.cols ?? 0;
    const vectors = queryVectors(NAME, training.queries, { what: 'training queries', encoder, dimensions });
    const memory = remember(normalizeRows(vectors), models.length, training.outcomes, training.pairs);
    if (!memory || dimensions === 0)
      throw new RouteProfileError('NO_TRAINING_DATA', `${NAME}: there are no training queries with outcomes or pairs`, {
        hint: 'Give the dataset training rows, or use `sim`, which learns nothing.',
      });
    const found = chosen.k === 'auto' ? chooseK(memory, chosen.ridge, ctx) : { k: chosen.k, candidates: [] };
    const known = knownModels(memory);
    const shares = inheritance(unitProfiles(models, input.profiles), known);
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...models],
        encoder,
        dimensions,
        seed: ctx.seed,
        state: {
          k: Math.min(found.k, memory.queries.rows),
          known: memory.known.kind,
          newModels: models.filter((_, m) => !known[m]),
          crossValidation: found.candidates,
        },
      },
      weights: { ...memoryArrays(memory), inheritance: { shape: [models.length, models.length], data: shares } },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  /** Who joins has no outcomes among the training queries, so its scores are those of models with like profiles. */
  async extend(artifact, { profiles, cards }, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const { models } = artifact.manifest;
    const joining = joiningModels(artifact, { profiles, cards });
    const width = joining.models.length;
    const { known, newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
    const seen = [...knownModels(memoryOf(artifact, known)), ...joining.added.map(() => false)];
    const shares = createMatrix(width, width, inheritance(unitProfiles(joining.models, profiles), seen));
    shares.data.set(widened(weightMatrix(artifact, 'inheritance', models.length, models.length), width).data);
    const tables = known === 'pairs' ? [] : ['scores', 'measured'];
    const wider = tables.map((name) => {
      const table = weightMatrix(artifact, name, undefined, models.length);
      return [name, namedArray(widened(table, width))] as const;
    });
    const manifest = joinedManifest(artifact, joining);
    return create({
      manifest: { ...manifest, state: { ...manifest.state, newModels: [...newModels, ...joining.added] } },
      weights: { ...artifact.weights, ...Object.fromEntries(wider), inheritance: namedArray(shares) },
    });
  },
});

const unitProfiles = (models: readonly string[], profiles: ProfileSet): Matrix =>
  normalizeRows(profileVectors(NAME, { models, profiles }));

function memoryOf(artifact: RouterArtifact, kind: 'outcomes' | 'pairs'): Memory {
  const { models, dimensions } = artifact.manifest;
  const queries = weightMatrix(artifact, 'queries', undefined, dimensions ?? undefined);
  const table = (name: string) => weightMatrix(artifact, name, queries.rows, models.length).data;
  if (kind === 'outcomes')
    return { models: models.length, queries, known: { kind, scores: table('scores'), measured: table('measured') } };
  const pairs = weightMatrix(artifact, 'pairs', undefined, 3).data;
  const limit = [queries.rows, models.length, models.length];
  if (!pairs.every((index, k) => Number.isInteger(index) && index >= 0 && index < limit[k % 3]!))
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${NAME}: weights.npz: 'pairs' names a query or model that does not exist`,
    );
  return { models: models.length, queries, known: { kind, pairs } };
}

function create(artifact: RouterArtifact) {
  const { models, encoder } = artifact.manifest;
  const { k, known, newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const { ridge } = parsePart(NAME, 'options', options, artifact.manifest.options);
  const memory = memoryOf(artifact, known);
  const shares = weightMatrix(artifact, 'inheritance', models.length, models.length);
  const rows = Int32Array.from({ length: memory.queries.rows }, (_, q) => q);
  const evidence = gatherEvidence(memory, rows, ridge);
  const space = { what: 'training queries', encoder, dimensions: memory.queries.cols };

  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries, ctx) {
      const vectors = normalizeRows(queryVectors(NAME, queries, space));
      const scores = createMatrix(vectors.rows, models.length);
      const found = Array.from({ length: vectors.rows }, (_, q): Neighbours => {
        throwIfAborted(ctx);
        const neighbours = nearest(memory.queries, rows, rowOf(vectors, q), k);
        const own = evidence.scoresAmong(neighbours.rows);
        for (let m = 0; m < models.length; m++)
          rowOf(scores, q)[m] = rowOf(shares, m).reduce((sum, w, j) => sum + w * own[j]!, 0);
        return neighbours;
      });
      const explain = (q: number, winner: number): Reason[] => {
        const { cosines } = found[q]!;
        const score = rowOf(scores, q)[winner]!.toFixed(3);
        const near = `the ${cosines.length} most similar training queries (cosine ${cosines[0]!.toFixed(2)} to ${cosines[cosines.length - 1]!.toFixed(2)})`;
        const what = known === 'outcomes' ? 'mean outcome' : 'Bradley–Terry strength';
        const reason: Reason = { kind: 'neighbours', text: `${what} ${score} among ${near}` };
        if (!newModels.includes(models[winner]!)) return [reason];
        return [
          reason,
          {
            kind: 'inherited',
            text: `${models[winner]} has no training outcomes; its score is that of models with like profiles`,
          },
        ];
      };
      return { scores, explain };
    },
    save: () => ({
      manifest: structuredClone(artifact.manifest),
      weights: { ...memoryArrays(memory), inheritance: { shape: [shares.rows, shares.cols], data: shares.data } },
    }),
  });
}
