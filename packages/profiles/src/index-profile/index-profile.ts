import {
  createMatrix,
  createRandom,
  defineProfile,
  normalizeRows,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
} from '@routeprofile/schema';
import { extendProfileSet } from '../common/extend.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { torchRandn } from '../random/torch-randn.js';

const options = z.strictObject({
  /** The published vectors: PyTorch's `randn`, one stream for all models, not unit length. */
  compat: z.boolean().default(false),
  /** Default: the run's seed; 56 under `compat`. */
  seed: z.number().int().min(0).max(0xffff_ffff).optional(),
  /** Default: the encoder's, so that queries and profiles have one width. */
  dimensions: z.number().int().min(1).max(65_536).optional(),
});
/** Options of `indexProfile`, parsed. */
export type IndexOptions = z.output<typeof options>;

const PUBLISHED_SEED = 56;

/**
 * A random vector per model: it tells models apart and says nothing about them, so trained routers must learn everything from
 * outcomes (RouteProfile, arXiv 2605.00180: flat form, representation "index"). Vectors: [models × dimensions].
 *
 * Default: each model's vector comes from a stream of its own, named by seed and model, and has unit length; it does not
 * depend on the other models. `compat`: the published vectors (N(0, 1) draws of seed 56 in the order of the models, norm
 * about the square root of the dimensions).
 */
export const indexProfile = defineProfile<IndexOptions>({
  name: 'index',
  summary: 'one random vector per model: says which model it is, and nothing about it',
  options,
  needs: [],
  designPoint: () => ({ form: 'flat', representation: 'index', hops: 0, learning: 'training-free' }),
  async build(input, { compat, ...options }, ctx) {
    throwIfAborted(ctx);
    modelPositions('index', input);
    const complete = {
      compat,
      seed: options.seed ?? (compat ? PUBLISHED_SEED : ctx.seed),
      dimensions: options.dimensions ?? input.encoder.dimensions,
    };
    return finishProfileSet(this, input, ctx, {
      vectors: drawVectors(input.models, complete),
      options: complete,
      uses: { encoder: false, graph: false },
    });
  },
  async extend(set, input, { compat, ...options }, ctx) {
    throwIfAborted(ctx);
    const built = set.provenance.options['seed'];
    const complete = {
      compat,
      seed: options.seed ?? (typeof built === 'number' ? built : set.provenance.seed),
      dimensions: options.dimensions ?? set.vectors.cols,
    };
    return extendProfileSet(this, set, input, complete, ctx, async ({ models }) => ({
      vectors: drawVectors(models, complete, set.models.length),
    }));
  },
});

/** @param before under `compat`: how many models come earlier in the one stream of all */
function drawVectors(
  models: readonly string[],
  { compat, seed, dimensions }: Required<IndexOptions>,
  before = 0,
): Matrix {
  const vectors = createMatrix(models.length, dimensions);
  if (compat) {
    const draw = torchRandn(seed);
    for (let i = 0; i < before; i++) draw(dimensions);
    models.forEach((_, i) => rowOf(vectors, i).set(draw(dimensions)));
    return vectors;
  }
  models.forEach((model, i) => {
    const random = createRandom(seed, 'index', model);
    rowOf(vectors, i).forEach((_, d, row) => (row[d] = random.normal()));
  });
  return normalizeRows(vectors);
}
