import type { Matrix, RouterInput } from '@routeprofile/schema';
import { scalesOf, type ProfileSource } from './learned-profile.js';
import type { CoTrainOptions } from './options.js';
import { taskFeatures, taskFrame, type TaskFrame } from './task-scores.js';

/** What a fit co-trains from. */
export interface FittedSource extends ProfileSource {
  /** `keyed` alone. */
  frame?: TaskFrame;
}

/** 1 for each model with a training row: an outcome, or a pair. */
function withRows({ models, training }: RouterInput): Float32Array {
  const own = new Float32Array(models.length);
  training.outcomes?.score.forEach((score, k) => {
    if (!Number.isNaN(score)) own[k % models.length] = 1;
  });
  for (const { better, worse } of training.pairs)
    for (const model of [better, worse]) if (model in models) own[model] = 1;
  return own;
}

/**
 * What the learned profiles of a fit are made of; undefined where the options ask for none.
 * @param frozen [models × dimensions] as the router scales them
 * @throws RouteProfileError BAD_INPUT for `keyed` on profiles without keyed scores
 */
export function profileSource(
  strategy: string,
  input: RouterInput,
  frozen: Matrix,
  { coTrain: kind }: CoTrainOptions,
): FittedSource | undefined {
  if (kind === 'none') return undefined;
  if (kind !== 'keyed') {
    const own = kind === 'residual' ? { own: withRows(input) } : {};
    return { kind, frozen, ...own, scales: scalesOf({ kind, frozen }) };
  }
  const frame = taskFrame(strategy, input.profiles, input.models);
  const keyed = { features: taskFeatures(strategy, input.profiles, input.models, frame), centroids: frame.centroids };
  return { kind, frozen, keyed, frame, scales: scalesOf({ kind, frozen, keyed }) };
}

/** All numbers that the learned profiles depend on beside their parameters, for the key of a checkpoint. */
export const sourceNumbers = (source: ProfileSource | undefined): Float32Array[] =>
  source === undefined
    ? []
    : [
        ...(source.own ? [source.own] : []),
        ...(source.keyed ? [source.keyed.centroids, ...source.keyed.features].map(({ data }) => data) : []),
      ];
