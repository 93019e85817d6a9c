import {
  assertMadeBy,
  assertTrainable,
  createMatrix,
  defineRouter,
  inheritance,
  joinedManifest,
  joiningModels,
  namedArray,
  normalizeRows,
  parsePart,
  profileVectors,
  queryVectors,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  trainingVectors,
  weightMatrix,
  z,
  type Matrix,
  type ProfileSet,
  type Reason,
  type RouterArtifact,
  type ScoringRouter,
} from '@routeprofile/schema';
import { scoringRouter } from '../common/scoring-router.js';
import { chooseNeighbourhood } from './choose-neighbourhood.js';
import { gatherEvidence } from './evidence.js';
import { centred, knownModels, memoryArrays, remember, type Memory } from './memory.js';
import { highest, openSearch, type Neighbours } from './neighbours.js';

const NAME = 'knn';
const options = z.strictObject({
  /** Training queries that a query is compared with; `auto` chooses by cross-validation over training queries. */
  k: z.union([z.number().int().min(1), z.literal('auto')]).default('auto'),
  /**
   * A neighbour weighs exp((cosine − highest cosine) / temperature): low, only the nearest count; high, all k alike. `auto`
   * chooses by cross-validation.
   */
  temperature: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
  /**
   * Weight of the average over all training queries, counted in nearest neighbours (outcomes), or
   * the precision of the prior on Bradley–Terry strengths (pairs). Default 1.
   */
  ridge: z.number().gt(0).default(1),
});
/** Options of `knnRouter`. `temperature` may be left away by callers who write options by hand: it is then `auto`. */
export type KnnOptions = Omit<z.infer<typeof options>, 'temperature'> & { temperature?: number | 'auto' };

const state = z.object({
  k: z.number().int().min(1),
  temperature: z.number().gt(0),
  known: z.enum(['outcomes', 'pairs']),
  /** How many training queries and, where outcomes are not known, pairs are kept; absent in files of earlier versions. */
  queries: z.number().int().min(1).optional(),
  pairs: z.number().int().min(1).optional(),
  newModels: z.array(z.string()),
  crossValidation: z.array(z.object({ k: z.number(), temperature: z.number(), loss: z.number() })),
});

/** Of Bradley–Terry strengths: a smaller one changes no choice. */
const TOLERANCE = 1e-5;

/**
 * A model is scored by the training queries most like the one asked, the k nearest by cosine, nearer ones weighing more: its
 * mean outcome there, or, where only pairs are known, its Bradley–Terry strength on their pairs; both drawn to what they are
 * over all training queries. Vectors are compared after the mean of the training vectors is taken from them. Outcomes are
 * compared within their query, so that with missing ones a model is not favoured for having met the easy queries.
 *
 * A model without training outcomes or pairs takes over the scores of the others, weighted by how like its profile theirs
 * are (see `inheritance`); a weighted mean never beats the best of them, so such a model is ranked, but hardly ever first.
 * The router keeps the vectors of all training queries and searches them exactly: n × d multiplications per query, and a second copy of the vectors in memory.
 *
 * Scores: [queries × models], expected outcomes, or strengths on the logit scale where pairs are all there is.
 * `fit` throws RouteProfileError NO_TRAINING_DATA without outcomes and pairs.
 */
export const knnRouter = defineRouter<KnnOptions>({
  name: NAME,
  summary:
    'mean outcome (or Bradley–Terry strength, from pairs) on the most similar training queries; nearer ones count more',
  options,
  needs: ['vectors', 'training'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    const { models, training } = input;
    assertTrainable(NAME, input);
    const { encoder, dimensions, vectors } = trainingVectors(NAME, training);
    const memory = remember(vectors, models.length, training.outcomes, training.pairs);
    if (!memory || dimensions === 0)
      throw new RouteProfileError('NO_TRAINING_DATA', `${NAME}: there are no training queries with outcomes or pairs`, {
        hint: 'Give the dataset training rows, or use `sim`, which learns nothing.',
      });
    const fixed = {
      ...(chosen.k !== 'auto' && { k: chosen.k }),
      ...(typeof chosen.temperature === 'number' && { temperature: chosen.temperature }),
    };
    const found = await chooseNeighbourhood(memory, chosen.ridge, fixed, ctx);
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
          temperature: found.temperature,
          known: memory.known.kind,
          queries: memory.queries.rows,
          ...(memory.known.kind === 'pairs' && { pairs: memory.known.pairs.length / 3 }),
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
    const learned = parsePart(NAME, 'state', state, artifact.manifest.state);
    const { known, newModels } = learned;
    const seen = [...knownModels(memoryOf(artifact, learned)), ...joining.added.map(() => false)];
    const shares = createMatrix(width, width, inheritance(unitProfiles(joining.models, profiles), seen));
    shares.data.set(widened(weightMatrix(artifact, 'inheritance', models.length, models.length), width).data);
    const tables = known === 'pairs' ? [] : ['advantages', 'measured'];
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

/** A table with columns of zeros for models that join. */
function widened({ rows, cols, data }: Matrix, width: number): Matrix {
  const out = createMatrix(rows, width);
  for (let r = 0; r < rows; r++) out.data.set(data.subarray(r * cols, (r + 1) * cols), r * width);
  return out;
}

const unitProfiles = (models: readonly string[], profiles: ProfileSet): Matrix =>
  normalizeRows(profileVectors(NAME, { models, profiles }));

function memoryOf(artifact: RouterArtifact, learned: z.infer<typeof state>): Memory {
  const { known: kind } = learned;
  const { models, dimensions } = artifact.manifest;
  const queries = weightMatrix(artifact, 'queries', learned.queries, dimensions ?? undefined);
  const table = (name: string, cols = models.length) => weightMatrix(artifact, name, queries.rows, cols).data;
  const vectors = { models: models.length, centre: weightMatrix(artifact, 'centre', 1, queries.cols).data, queries };
  if (kind === 'outcomes')
    return {
      ...vectors,
      known: { kind, levels: table('levels', 1), advantages: table('advantages'), measured: table('measured') },
    };
  const pairs = weightMatrix(artifact, 'pairs', learned.pairs, 3).data;
  const limit = [queries.rows, models.length, models.length];
  if (!pairs.every((index, k) => Number.isInteger(index) && index >= 0 && index < limit[k % 3]!))
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${NAME}: weights.npz: 'pairs' names a query or model that does not exist`,
    );
  return { ...vectors, known: { kind, pairs } };
}

const highestOf = ({ similarities }: Neighbours): number => similarities.reduce((a, b) => Math.max(a, b), -Infinity);

/** @param shares [models × models] */
function inherit(shares: Matrix, own: Float64Array, out: Float32Array): void {
  for (let m = 0; m < out.length; m++) {
    let sum = 0;
    for (let j = 0; j < own.length; j++) sum += shares.data[m * own.length + j]! * own[j]!;
    out[m] = sum;
  }
}

async function create(artifact: RouterArtifact): Promise<ScoringRouter> {
  const { models, encoder } = artifact.manifest;
  const learned = parsePart(NAME, 'state', state, artifact.manifest.state);
  const { k, temperature, known, newModels } = learned;
  const { ridge } = parsePart(NAME, 'options', options, artifact.manifest.options);
  const memory = memoryOf(artifact, learned);
  const shares = weightMatrix(artifact, 'inheritance', models.length, models.length);
  const rows = Int32Array.from({ length: memory.queries.rows }, (_, q) => q);
  const evidence = gatherEvidence(memory, rows, ridge);
  const search = await openSearch(memory.queries);
  const space = { what: 'training queries', encoder, dimensions: memory.queries.cols };

  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries, ctx) {
      const vectors = centred(queryVectors(NAME, queries, space), memory.centre);
      const similarities = search(vectors);
      const scores = createMatrix(vectors.rows, models.length);
      const found = Array.from({ length: vectors.rows }, (_, q): Neighbours => {
        throwIfAborted(ctx);
        const neighbours = highest(rowOf(similarities, q), k);
        const { add, scores: tallied } = evidence.tally();
        const top = highestOf(neighbours);
        neighbours.rows.forEach((row, i) => add(row, Math.exp((neighbours.similarities[i]! - top) / temperature)));
        inherit(shares, tallied(TOLERANCE), rowOf(scores, q));
        return neighbours;
      });
      const explain = (q: number, winner: number): Reason[] => {
        const { similarities } = found[q]!;
        const score = rowOf(scores, q)[winner]!.toFixed(3);
        const near = `the ${similarities.length} most similar training queries (cosine similarity ${highestOf(found[q]!).toFixed(2)} to ${similarities.reduce((a, b) => Math.min(a, b)).toFixed(2)}, after the mean query is subtracted)`;
        const what = known === 'outcomes' ? 'mean outcome' : 'Bradley–Terry strength';
        const reason: Reason = { kind: 'neighbours', text: `${what} ${score} among ${near}` };
        if (!newModels.includes(models[winner]!)) return [reason];
        return [
          reason,
          {
            kind: 'inherited',
            text: `${models[winner]} has no training outcomes; its score is that of models with similar profiles`,
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
