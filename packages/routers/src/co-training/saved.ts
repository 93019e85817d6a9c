import {
  createMatrix,
  namedArray,
  RouteProfileError,
  rowOf,
  takeRows,
  weightMatrix,
  z,
  type ArrayShape,
  type Learned,
  type Matrix,
  type ProfileSet,
  type RouterArtifact,
  type WeightShape,
  type WeightSizes,
} from '@routeprofile/schema';
import type { Weights } from '@routeprofile/tensor';
import { meanPairwiseCosine } from '../common/pairwise-cosine.js';
import { learnedRows, PREFIX, type ProfileSource } from './learned-profile.js';
import type { CoTrainOptions } from './options.js';
import type { FittedSource } from './source.js';
import { taskFeatures } from './task-scores.js';

/** The profiles that a co-trained router's network reads. */
export const LEARNED = 'coTrain.profiles';

/** What a router's artifact says of its learned profiles, under `state.coTrain`. */
export const coTrainState = z.object({
  /** Mean over models of how far a profile went, as a share of its length. */
  movement: z.number(),
  /** Mean pairwise cosine of the profiles, before and after. */
  frozenCosine: z.number(),
  learnedCosine: z.number(),
  /** `keyed`: the tasks whose scores are read. */
  tasks: z.array(z.string()).optional(),
});

/** What an artifact says of its learned profiles: how far they moved, how alike they are (mean pairwise cosine), and the tasks read. */
export type CoTrainState = z.infer<typeof coTrainState>;

const length = (row: Float32Array) => Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));

/** Mean over rows of ‖after − before‖ / ‖before‖; a row of zeros that moved counts 1. */
function movement(before: Matrix, after: Matrix): number {
  let sum = 0;
  for (let m = 0; m < before.rows; m++) {
    const from = rowOf(before, m);
    const way = length(rowOf(after, m).map((x, d) => x - from[d]!));
    sum += way === 0 ? 0 : way / (length(from) || way);
  }
  return sum / before.rows;
}

/** A co-trained fit as the artifact holds it: the trained parameters are among the router's weights. */
export function savedProfiles(
  source: FittedSource,
  trained: Weights,
): { weights: CoTrained['weights']; arrays: Weights; state: { coTrain: CoTrainState } } {
  const { frozen, frame, scales } = source;
  const learned = learnedRows(source, trained);
  return {
    weights: { profiles: frozen, [LEARNED]: learned },
    arrays: {
      [`${PREFIX}scales`]: { shape: [1, 3], data: Float32Array.of(scales.input, scales.profile, frame?.scale ?? 1) },
      ...(frame && {
        [`${PREFIX}centroids`]: namedArray(frame.centroids),
        [`${PREFIX}means`]: { shape: [1, frame.tasks.length], data: frame.means },
      }),
    },
    state: {
      coTrain: {
        movement: movement(frozen, learned),
        frozenCosine: meanPairwiseCosine(frozen),
        learnedCosine: meanPairwiseCosine(learned),
        ...(frame && { tasks: [...frame.tasks] }),
      },
    },
  };
}

type CoTrained = Learned<CoTrainOptions, { coTrain?: CoTrainState | undefined }, 'profiles' | typeof LEARNED>;
type CoTrainedSizes = WeightSizes<CoTrainOptions, CoTrained['state']>;

/** The arrays of the learned function; none where nothing was co-trained. @param width name of an array as long as profiles are */
export function coTrainedArrays({ fitted, options, state }: CoTrainedSizes, width: string): Record<string, ArrayShape> {
  const { coTrain: kind, coTrainRank: rank } = options;
  if (kind === 'none') return {};
  const tasks = kind === 'keyed' ? (state.coTrain?.tasks?.length ?? 0) : null;
  return {
    // What a keyed function reads is as wide as its centroids.
    [`${PREFIX}down`]: [tasks === null ? width : undefined, rank],
    [`${PREFIX}up`]: [rank, width],
    ...(kind === 'residual' && { [`${PREFIX}own`]: [fitted, width] }),
    ...(tasks !== null && { [`${PREFIX}gates`]: [1, tasks], [`${PREFIX}transform`]: [1, 3] }),
    [`${PREFIX}scales`]: [1, 3],
    ...(tasks !== null && { [`${PREFIX}centroids`]: [tasks, `${PREFIX}down`], [`${PREFIX}means`]: [1, tasks] }),
  };
}

/** The profiles that were given, and those that were learned from them. */
export function coTrainedShapes({ models, options }: CoTrainedSizes, width: string) {
  const shape: WeightShape = options.coTrain === 'none' ? null : [models, width];
  return { profiles: shape, [LEARNED]: shape };
}

/**
 * The profiles with those of models that join, which the function learned with the others makes of them; the others' rows stay
 * as they are.
 * @param added the models that join, last in `frozen`
 * @param frozen [all models × dimensions]
 * @throws RouteProfileError BAD_INPUT when the set lacks the keyed scores that the function reads
 */
export function joinedProfiles(
  strategy: string,
  { options, state, weights, arrays }: CoTrained,
  set: ProfileSet,
  added: readonly string[],
  frozen: Matrix,
): Partial<CoTrained['weights']> {
  const { coTrain: kind } = options;
  if (kind === 'none') return { profiles: frozen };
  const array = (name: string) => arrays[`${PREFIX}${name}`]!;
  const [input, profile, scale] = array('scales').data;
  const before = weights[LEARNED];
  const fresh = takeRows(
    frozen,
    added.map((_, i) => before.rows + i),
  );
  const source: ProfileSource = { kind, frozen: fresh, scales: { input: input!, profile: profile! } };
  if (kind === 'keyed') {
    const { shape, data } = array('centroids');
    const centroids = createMatrix(shape[0]!, shape[1]!, data);
    const frame = { tasks: state.coTrain?.tasks ?? [], centroids, means: array('means').data, scale: scale! };
    source.keyed = { features: taskFeatures(strategy, set, added, frame), centroids };
  }
  const learned = createMatrix(frozen.rows, frozen.cols);
  learned.data.set(before.data);
  learned.data.set(learnedRows(source, arrays).data, before.data.length);
  return { profiles: frozen, [LEARNED]: learned };
}

/** Profiles before and after co-training, a row per model. */
export interface CoTrainedProfiles extends CoTrainState {
  /** In the order of the rows. */
  models: string[];
  /** Shape [models × dimensions], as the router scaled them. */
  frozen: Matrix;
  /** The same after co-training: what the router reads. */
  vectors: Matrix;
}

/**
 * The profiles that a co-trained `mlp` or `graph` router learned, from what its `save` gives, beside those it was given.
 * @throws RouteProfileError BAD_INPUT for a router that was not co-trained, CORRUPT_FILE for a damaged artifact.
 */
export function coTrainedProfiles(artifact: RouterArtifact): CoTrainedProfiles {
  const { strategy, models, options } = artifact.manifest;
  if ((options['coTrain'] ?? 'none') === 'none')
    throw new RouteProfileError('BAD_INPUT', `${strategy}: this router was not co-trained`, {
      hint: 'Fit it with coTrain=adapter, residual or keyed.',
    });
  const vectors = weightMatrix(artifact, LEARNED, models.length, undefined);
  const frozen = weightMatrix(artifact, 'profiles', vectors.rows, vectors.cols);
  return {
    models: [...models],
    frozen,
    vectors,
    movement: movement(frozen, vectors),
    frozenCosine: meanPairwiseCosine(frozen),
    learnedCosine: meanPairwiseCosine(vectors),
  };
}
