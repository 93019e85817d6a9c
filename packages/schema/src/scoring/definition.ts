import type { z } from 'zod';
import type { RunContext } from '../context.js';
import type { Matrix, NamedArray } from '../matrix.js';
import type { ProfileSet } from '../profile.js';
import type { JoiningModels, Reason, RouterInput, RouterStrategy, RowScoring } from '../router.js';
import type { Joining } from './joining.js';

/** What the sizes of weights may depend on. */
export interface WeightSizes<O, S> {
  /** How many models the router chooses among. */
  models: number;
  /** How many of them it was fitted on; the others joined later. */
  fitted: number;
  /** Length of the query vectors; 0 for a router that reads none. */
  dimensions: number;
  options: O;
  state: S;
}

/** The length of an axis; a text: as long as the first axis of what is listed before under that name; undefined: any length. */
export type WeightSize = number | string | undefined;

/** Rows and columns of a weight matrix. `null`: this router keeps no such matrix. */
export type WeightShape = readonly [rows: WeightSize, cols: WeightSize] | null;

/** The length of each axis of an array. */
export type ArrayShape = readonly WeightSize[];

/** What `learn` is given: the router's input, and the training queries' vectors once they are checked. */
export interface LearnInput extends RouterInput {
  /**
   * [training queries × dimensions], finite, all of one encoder; 0 × 0 for a router that is compared with profiles or keys, or
   * that reads no vectors.
   */
  vectors: Matrix;
}

/** What a router has learned: all that is saved, and all that scoring may depend on. */
export interface Lessons<O, S, K extends string> {
  /** Whose query vectors the router reads, where `learn` knows better than the training queries or profiles say. */
  encoder?: string | null;
  /** The options as decided, where they are kept otherwise than as given. */
  options?: O;
  /** How long those vectors are, where `learn` knows better. */
  dimensions?: number;
  /** JSON, valid by the definition's `state` schema. */
  state: S;
  /** Finite, of the shapes that `shapes` gives. A matrix that it does not keep is left out of the files. */
  weights: Readonly<Record<K, Matrix>>;
  /** Finite, of the names and shapes that `arrays` gives, and in that order in the files. Default: none. */
  arrays?: Readonly<Record<string, NamedArray>>;
}

/** A fitted or loaded router's knowledge, checked. */
export interface Learned<O, S, K extends string> extends Required<Lessons<O, S, K>> {
  /** Ids of the models, in the order of every matrix with a row per model. */
  models: readonly string[];
  /** Those of them that joined later, see `join`. */
  joined: readonly string[];
  /** Whose query vectors it reads; null when unknown, or when it reads none. */
  encoder: string | null;
  /** Length of the query vectors; 0 for a router that reads none. */
  dimensions: number;
  options: O;
}

/** Queries to score: what the definition `needs`, checked. */
export interface AskedQueries {
  /** One per query. */
  texts: readonly string[];
  /** [queries × dimensions], finite, of the router's encoder; without columns for a router that does not need `vectors`. */
  vectors: Matrix;
  /** One per query; all null for a router that does not need `tasks`. */
  tasks: readonly (string | null)[];
}

/** Scores, with what `explain` wants to know of how they came about. */
export interface ScoredWith<F> {
  /** [queries × models], higher is better. */
  scores: Matrix;
  found: F;
}

/** What `score` gives beside the scores; undefined when it gives the scores alone. */
export type FoundIn<R> = R extends ScoredWith<infer F> ? F : undefined;

/** A choice to explain. */
export interface Choice<F> {
  /** Row of the query in the batch. */
  query: number;
  /** Index and id of the model with the highest score, the first of equals. */
  winner: number;
  model: string;
  /** The winner's score, and those of all models. */
  score: number;
  scores: Float32Array;
  /** What `score` gave beside the scores. */
  found: F;
}

/**
 * How the score of a model follows from the query and one row of numbers of that model alone. Of a catalogue too large to be scored whole, an index
 * finds the rows worth scoring: those with the highest dot product with the query's probe.
 */
export interface RowScores<L> extends Pick<RowScoring, 'metric'> {
  /** [models × width]: rows of the router's own models. Throws UNSUPPORTED where a score depends on other models too. */
  own(learned: L): Matrix;
  /** [models × width]: rows of the models of a profile set, which the router need not know. Throws UNSUPPORTED where the set does not say. */
  of(learned: L, profiles: ProfileSet): Matrix;
  /** [queries × width]: the higher its product with a row, the higher the score, at least roughly. */
  probes(learned: L, vectors: Matrix): Matrix;
  /** One list of scores per query, of that query's rows: for rows of its own models to the last bit those that `score` gives. */
  score(learned: L, vectors: Matrix, rows: readonly Matrix[]): Float32Array[];
}

/** Models about to join a fitted router, with one profile set for all, and the cards of those that join. */
export interface JoinInput extends Joining, JoiningModels {}

/** What a query's vector is compared with; its encoder and width are those that a router asks of queries. */
export type ComparedWith = 'training queries' | 'profiles' | 'keys';

/**
 * What an author writes of a router that gives each model a score for each query. Everything else is done by
 * `defineScoringRouter`. Write the members in this order: types are taken from the first to the last.
 *
 * O options · S state · K names of the weights · P what `prepare` gives · R what `score` gives
 */
export interface ScoringRouterDefinition<
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P,
  R extends Matrix | ScoredWith<unknown>,
> extends Pick<RouterStrategy<O>, 'name' | 'summary' | 'needs'> {
  /** Validates and completes the options; `{}` must be valid. */
  options: z.ZodType<O>;
  /** Validates the learned state, as it comes back from JSON. The key `joined` is taken: the models that joined are kept under it. */
  state: z.ZodType<S>;
  /**
   * Arrays of any rank, or whose names depend on options and state, such as the layers of a network. A name that ends in `*` stands
   * for any number of arrays, all of that shape, whose names begin as it does. The files have them before the weights.
   */
  arrays?(sizes: WeightSizes<O, S>): Readonly<Record<string, ArrayShape>>;
  /** The weights by name, in the order in which the file has them, with their shapes. */
  shapes(sizes: WeightSizes<O, S>): Readonly<Record<K, WeightShape>>;
  /**
   * What query vectors are compared with. Default: the training queries, for a router that needs `training` or `outcomes`;
   * otherwise the profiles. `keys` are those of a profile set with keyed scores.
   */
  comparedWith?: ComparedWith;
  /** Whether only the order of outcomes is read. Otherwise training outcomes beyond ±1e12 are refused. Default false. */
  readsOrder?: boolean;
  /** Whether the profiles hold all that there is to learn, so that no outcomes or pairs are asked for. Default: they never do. */
  isLearned?(profiles: ProfileSet): boolean;
  /** What is learned. Long steps call `throwIfAborted(ctx)`; randomness comes from `createRandom(ctx.seed, 'label')`. */
  learn(input: LearnInput, options: O, ctx: RunContext): Lessons<O, S, K> | Promise<Lessons<O, S, K>>;
  /** What scoring needs that can be made of what was learned: once per router, never saved. Throws CORRUPT_FILE for nonsense. */
  prepare?(learned: Learned<O, S, K>): P | Promise<P>;
  /** A pure function of each query alone: [queries × models], higher is better, alone or with what `explain` needs. */
  score(
    learned: Learned<O, S, K> & { prepared: P },
    queries: AskedQueries,
    ctx: RunContext | undefined,
  ): R | Promise<R>;
  /** For routers whose score of a model needs nothing of other models: lets them choose from a catalogue by retrieval. */
  rows?: RowScores<Learned<O, S, K> & { prepared: P }>;
  /** Whether scores are chances of a correct answer, which decisions then say. Default: no. */
  areChances?(learned: Learned<O, S, K> & { prepared: P }): boolean;
  /** Why the winner won, for people. Default: no reasons. */
  explain?(learned: Learned<O, S, K> & { prepared: P }, choice: Choice<FoundIn<R>>): Reason[];
  /**
   * What changes when models join, without training: the scores of the router's own models must stay as they are, bit for bit.
   * What is not given stays. A router without it takes no models in.
   */
  join?(
    learned: Learned<O, S, K>,
    joining: JoinInput,
    ctx: RunContext,
  ): { state?: Partial<S>; weights?: Partial<Record<K, Matrix>>; arrays?: Readonly<Record<string, NamedArray>> };
}

/** Whether a router cannot do without training rows. */
export const needsTraining = (needs: RouterStrategy['needs']): boolean =>
  needs.includes('training') || needs.includes('outcomes');

/** What a definition's queries are compared with; null for a router that reads no vectors. */
export function comparedWith({
  needs,
  comparedWith: given,
}: {
  needs: RouterStrategy['needs'];
  comparedWith?: ComparedWith;
}): ComparedWith | null {
  if (!needs.includes('vectors')) return null;
  return given ?? (needsTraining(needs) ? 'training queries' : 'profiles');
}
