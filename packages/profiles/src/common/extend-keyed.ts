import {
  createMatrix,
  type Matrix,
  type ProfileInput,
  type ProfileSet,
  type ProfileStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { extendProfileSet } from './extend.js';

/** What a score-carrying strategy knows of models that join a set. */
export interface JoiningKeyed {
  /** [new models × dimensions] */
  vectors: Matrix;
  /** [new models × keys] */
  scores: Matrix;
  /** One a new model. */
  biases: Float32Array;
}

/**
 * `extendProfileSet` for sets with keyed scores and biases: rows of the new models below those already there, which stay as they
 * are, bit for bit; the keys do not change.
 * @throws RouteProfileError as `extendProfileSet` does
 */
export async function extendKeyedSet(
  strategy: Pick<ProfileStrategy, 'name'>,
  set: ProfileSet,
  input: ProfileInput,
  options: object,
  ctx: RunContext,
  build: (models: readonly string[]) => JoiningKeyed,
): Promise<ProfileSet> {
  const joined: JoiningKeyed[] = [];
  const extended = await extendProfileSet(strategy, set, input, options, ctx, async ({ models }) => {
    const made = build(models);
    joined.push(made);
    return made;
  });
  const [made] = joined;
  if (!made || !set.keyed) return extended;
  const { scores } = set.keyed;
  const data = new Float32Array(scores.data.length + made.scores.data.length);
  data.set(scores.data);
  data.set(made.scores.data, scores.data.length);
  const before = set.biases ?? new Float32Array(set.models.length);
  const biases = new Float32Array(before.length + made.biases.length);
  biases.set(before);
  biases.set(made.biases, before.length);
  return {
    ...extended,
    biases,
    keyed: { ...set.keyed, scores: createMatrix(extended.models.length, scores.cols, data) },
  };
}
