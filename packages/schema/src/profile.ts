import type { z } from 'zod';
import type { RunContext } from './context.js';
import type { ModelCard } from './dataset.js';
import type { Encoder } from './encoder.js';
import type { HeteroGraph, NodeType } from './graph.js';
import type { Matrix, NamedArray } from './matrix.js';
import type { ChatMessage } from './query.js';
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

/** A prompt as `build` would send it. */
export interface PlannedPrompt {
  /** Type of the node that it is about. */
  type: NodeType;
  /** Name of that node. */
  name: string;
  messages: ChatMessage[];
  /** Estimated. */
  tokens: number;
  /** Lines were cut or left out to keep to a limit. */
  shortened: boolean;
}

/** What a build would ask of a language model. Everything about tokens and dollars is an estimate. */
export interface BuildPlan {
  /** Whether a build would send anything. */
  sends: boolean;
  /** The language model; null: none named yet, or none needed. */
  model: string | null;
  /** Every prompt whose text is known before the first answer. */
  prompts: PlannedPrompt[];
  /** Prompts by hop and node type, and the tokens they hold. */
  counts: { hop: number; type: NodeType; prompts: number; promptTokens: number }[];
  /** Over all hops, with answers of the expected length. `cost` in dollars, null where a price is unknown. */
  totals: { prompts: number; promptTokens: number; completionTokens: number; cost: number | null };
  /** The most that a build can take, short of retries. */
  atMost: { promptTokens: number; completionTokens: number; cost: number | null };
  /** What the figures rest on, a sentence each. */
  notes: string[];
}

/** Variables of the process that a strategy may read: `process.env` in Node. */
export type Environment = Readonly<Record<string, string | undefined>>;

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
  /**
   * What the environment adds to what a built set depends on, as JSON: it enters the key by which finished work is found again.
   * Never a secret. Without it, or when it gives undefined, nothing but input, options and seed counts.
   */
  cacheKey?(options: O, env: Environment): unknown;
  /**
   * What `build` would ask of a language model, without asking: for a dry run.
   * @throws RouteProfileError as `build` does before it asks
   */
  plan?(
    input: Pick<ProfileInput, 'graph' | 'cards' | 'features' | 'encoder'>,
    options: O,
    ctx: RunContext,
  ): Promise<BuildPlan>;
}
