import type { OutcomeValues, PreferencePair } from './dataset.js';
import type { Matrix } from './matrix.js';
import type { Requirements } from './requirements.js';

/**
 * What was computed of query vectors alone, such as their principal axes, kept for whoever else is handed the same queries, or a part of
 * them. No outcome, pair or label takes part in it. It lasts as long as somebody holds the batch.
 */
export interface SharedWork {
  /** The vectors that it was computed of. In a batch with others it says nothing. They must not change. */
  readonly vectors: Matrix;
  /** The largest batch that these queries are a part of; null where they are all. */
  readonly whole: SharedWork | null;
  /** Which rows of the whole they are, in order; null: all. */
  readonly rows: Int32Array | null;
  /** The value of that name, computed by whoever asks first. */
  once<T>(name: string, compute: () => T): T;
}

/** Queries to route, encoded by the caller, once. */
export interface QueryBatch {
  /** One a query; a row of everything else belongs to the text at its place. */
  texts: readonly string[];
  /** [queries × dimensions] of the encoder named below. */
  vectors?: Matrix;
  /** The id of the encoder the vectors are from. */
  encoder?: string;
  ids?: readonly string[];
  /** Task labels, given only to routers that declare `needs: ['tasks']`. */
  tasks?: readonly (string | null)[];
  /** One a query, for routers wrapped in constraints. */
  requirements?: readonly (Requirements | null)[];
  /** What fits on these vectors share. Default: nothing. */
  work?: SharedWork;
}

/** Training rows only: test rows never get here. Pair and outcome columns index `RouterInput.models`. */
export interface RouterTraining {
  /** Distinct queries with their vectors. */
  queries: QueryBatch;
  /** Task label of each training query. */
  tasks: readonly (string | null)[];
  /** Which of two models did better on a training query; empty where none are known. */
  pairs: readonly PreferencePair[];
  /** Aligned with `queries`; null where only pairs are known. */
  outcomes: OutcomeValues | null;
}
