import type { z } from 'zod';
import type { RunContext } from './context.js';
import type { ModelCard } from './dataset.js';
import type { Encoder } from './encoder.js';
import type { HeteroGraph, NodeType } from './graph.js';
import type { Matrix, NamedArray } from './matrix.js';
import type { RouterTraining } from './training.js';

/** Where a strategy stands in the design space (arXiv 2605.00180, section 3). */
export interface DesignPoint {
  /** Each model by itself, or models among families, tasks, domains and queries. */
  form: 'flat' | 'structured';
  /** What a profile is made of. */
  representation: 'index' | 'text' | 'embedding' | 'scores';
  /** Steps over the graph that a profile gathers from; 0 for flat ones. */
  hops: number;
  learning: 'training-free' | 'trainable';
}

/** One matrix per node type, a row per node, in the graph's order. */
export type NodeFeatures = Readonly<Partial<Record<NodeType, Matrix>>>;

/** What a strategy makes profiles from. It never holds test rows. */
export interface ProfileInput {
  /** Ids of the candidates that want a profile, in order; their cards and graph nodes have the same names. */
  models: readonly string[];
  /** Cards of these and of auxiliary models. */
  cards: readonly ModelCard[];
  graph: HeteroGraph;
  /** Encoded node texts. Present when the strategy needs `features`. */
  features?: NodeFeatures;
  /**
   * Training rows, columns in the order of `models`; new models have none. Present when the strategy needs `training`, and
   * where the data hold any.
   */
  training?: RouterTraining;
  encoder: Encoder;
}

/** Where a profile set comes from; enough to make it again. */
export interface Provenance {
  /** `ProfileStrategy.name`; `imported` for a bare npz file. */
  strategy: string;
  options: Record<string, unknown>;
  designPoint: DesignPoint;
  /** The encoder's id; null when none was used. */
  encoder: string | null;
  /** The graph's name and hash; null when none was used. */
  graph: { name: string; hash: string } | null;
  seed: number;
  /** Versions of the packages that took part. */
  versions: Record<string, string>;
  /** Made from simulated outcomes. */
  simulated?: boolean;
  /** Figures that tell whether the profile is any good, such as the mean pairwise cosine. */
  diagnostics?: Record<string, number>;
  notes?: string[];
}

/** Scores read off by attention: key k has a vector and one score per model (NaN = not measured). */
export interface KeyedScores {
  /** [keys × dimensions] */
  keys: Matrix;
  /** What each key stands for, such as a task. */
  labels: readonly string[];
  /** [models × keys] */
  scores: Matrix;
  /**
   * The training query that each key is, −1 for a key that is none. Whoever judges a router on training queries holds these
   * keys out with them.
   */
  queries?: Int32Array;
}

/** One profile per model. `vectors` are always there; strategies that know more fill in more. */
export interface ProfileSet {
  /** In the order of the vectors' rows. */
  models: string[];
  /** [models × dimensions], finite. */
  vectors: Matrix;
  provenance: Provenance;
  keyed?: KeyedScores;
  /** The text behind each profile, one a model. */
  texts?: readonly string[];
  /** An additive score of each model, one a model. */
  biases?: Float32Array;
  /** What a trained strategy learned, so that new models can join without retraining. */
  state?: Record<string, NamedArray>;
}

/**
 * A way to make profiles of models (arXiv 2605.00180); made with `defineProfile`.
 * The same input, options and seed give the same bytes.
 */
export interface ProfileStrategy<O = Record<string, unknown>> {
  kind: 'profile';
  specVersion: 1;
  /** Saved files name the strategy by it. For a plugin it is the package name: so the file finds the package again. */
  name: string;
  /** One line for listings. */
  summary: string;
  /** Validates and completes the options; `{}` must be valid. */
  options: z.ZodType<O>;
  /** What to prepare: encoded node features, encoded training rows, or nothing. The encoder itself is always there. */
  needs: readonly ('features' | 'training')[];
  designPoint(options: O): DesignPoint;
  /** @throws RouteProfileError when the input cannot give every model a finite vector. */
  build(input: ProfileInput, options: O, ctx: RunContext): Promise<ProfileSet>;
  /**
   * The set with models of `input.models` added that it lacks; the vectors already there stay as they are, bit for bit.
   * The input's graph holds the new models' nodes and public scores.
   */
  extend?(set: ProfileSet, input: ProfileInput, options: O, ctx: RunContext): Promise<ProfileSet>;
}
