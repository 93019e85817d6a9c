import {
  createMatrix,
  namedArray,
  parsePart,
  RouteProfileError,
  rowOf,
  takeRows,
  weightMatrix,
  z,
  type Matrix,
  type ProfileSet,
  type RouterArtifact,
} from '@routeprofile/schema';
import type { Weights } from '@routeprofile/tensor';
import { meanPairwiseCosine } from '../common/pairwise-cosine.js';
import { learnedRows, PREFIX, type ProfileSource } from './learned-profile.js';
import { coTrainFields } from './options.js';
import type { FittedSource } from './source.js';
import { taskFeatures, type TaskFrame } from './task-scores.js';

/** What a router's artifact says of its learned profiles, under `state.coTrain`. */
const stateSchema = z.object({
  /** Mean over models of how far a profile went, as a share of its length. */
  movement: z.number(),
  /** Mean pairwise cosine of the profiles, before and after. */
  frozenCosine: z.number(),
  learnedCosine: z.number(),
  /** `keyed`: the tasks whose scores are read. */
  tasks: z.array(z.string()).optional(),
});

/** What an artifact says of its learned profiles: how far they moved, how alike they are (mean pairwise cosine), and the tasks read. */
export type CoTrainState = z.infer<typeof stateSchema>;

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
): { learned: Matrix; weights: Weights; state: { coTrain: CoTrainState } } {
  const { frozen, frame, scales } = source;
  const learned = learnedRows(source, trained);
  return {
    learned,
    weights: {
      profiles: namedArray(frozen),
      [`${PREFIX}profiles`]: namedArray(learned),
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

const kindOf = ({ manifest }: RouterArtifact) =>
  parsePart(manifest.strategy, 'options', z.looseObject({ coTrain: coTrainFields.coTrain }), manifest.options).coTrain;

/** The profiles that a router's network reads: the learned ones where it was co-trained, else `profiles`. */
export function profilesInUse(artifact: RouterArtifact): Matrix {
  const name = kindOf(artifact) === 'none' ? 'profiles' : `${PREFIX}profiles`;
  return weightMatrix(artifact, name, artifact.manifest.models.length, undefined);
}

/** The function that made an artifact's learned profiles, for other models. */
function openFunction(artifact: RouterArtifact, kind: ProfileSource['kind'], dimensions: number) {
  const { manifest, weights } = artifact;
  // What a keyed function reads is as wide as its centroids, which are checked against it below.
  const down = weightMatrix(artifact, `${PREFIX}down`, kind === 'keyed' ? undefined : dimensions, undefined);
  weightMatrix(artifact, `${PREFIX}up`, down.cols, dimensions);
  const { joined } = manifest.state;
  const fitted = manifest.models.length - (Array.isArray(joined) ? joined.length : 0);
  if (kind === 'residual') weightMatrix(artifact, `${PREFIX}own`, fitted, dimensions);
  const [input, profile, scale] = weightMatrix(artifact, `${PREFIX}scales`, 1, 3).data;
  const scales = { input: input!, profile: profile! };
  if (kind !== 'keyed') return { scales, weights };
  const state = parsePart(manifest.strategy, 'state', z.looseObject({ coTrain: stateSchema }), manifest.state);
  const tasks = state.coTrain.tasks ?? [];
  weightMatrix(artifact, `${PREFIX}gates`, 1, tasks.length);
  weightMatrix(artifact, `${PREFIX}transform`, 1, 3);
  const frame: TaskFrame = {
    tasks,
    centroids: weightMatrix(artifact, `${PREFIX}centroids`, tasks.length, down.rows),
    means: weightMatrix(artifact, `${PREFIX}means`, 1, tasks.length).data,
    scale: scale!,
  };
  return { scales, weights, frame };
}

/**
 * Everything that co-training left in an artifact, if it did.
 * @throws RouteProfileError CORRUPT_FILE naming what is missing, of another shape or not finite
 */
export function checkCoTrained(artifact: RouterArtifact): void {
  const kind = kindOf(artifact);
  if (kind === 'none') return;
  const { rows, cols } = profilesInUse(artifact);
  weightMatrix(artifact, 'profiles', rows, cols);
  openFunction(artifact, kind, cols);
}

/**
 * The weights of a co-trained router with models that join: their profiles are made by the function learned with the
 * others, whose rows stay as they are. Of a router that was not co-trained, the frozen profiles alone.
 * @param added the models that join, last in `frozen`
 * @param frozen [all models × dimensions]
 * @throws RouteProfileError BAD_INPUT when the set lacks the keyed scores that the function reads
 */
export function joinedWeights(
  artifact: RouterArtifact,
  set: ProfileSet,
  added: readonly string[],
  frozen: Matrix,
): Weights {
  const profiles = namedArray(frozen);
  const kind = kindOf(artifact);
  if (kind === 'none') return { ...artifact.weights, profiles };
  const { strategy } = artifact.manifest;
  const before = profilesInUse(artifact);
  const { frame, scales, weights } = openFunction(artifact, kind, frozen.cols);
  const fresh = takeRows(
    frozen,
    added.map((_, i) => before.rows + i),
  );
  const keyed = frame && { features: taskFeatures(strategy, set, added, frame), centroids: frame.centroids };
  const rows = learnedRows({ kind, frozen: fresh, ...(keyed && { keyed }), scales }, weights);
  const learned = createMatrix(frozen.rows, frozen.cols);
  learned.data.set(before.data);
  learned.data.set(rows.data, before.data.length);
  return { ...artifact.weights, profiles, [`${PREFIX}profiles`]: namedArray(learned) };
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
  const { strategy, models } = artifact.manifest;
  if (kindOf(artifact) === 'none')
    throw new RouteProfileError('BAD_INPUT', `${strategy}: this router was not co-trained`, {
      hint: 'Fit it with coTrain=adapter, residual or keyed.',
    });
  const vectors = profilesInUse(artifact);
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
