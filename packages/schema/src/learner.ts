import type { z } from 'zod';
import type { RunContext } from './context.js';
import type { NamedArray } from './matrix.js';
import type { Router } from './router.js';

/** A decision that was followed, and what its answer was worth. */
export interface JudgedDecision {
  /** Names the decision: one that was learned from is not learned from again. */
  id: string;
  /** The query's vector, by the encoder of the router; absent for routers that read none. */
  vector?: Float32Array;
  /** The candidate that answered. */
  model: string;
  /** What the answer was worth, in [0, 1]. */
  reward: number;
  /** Chance in (0, 1] with which the model was drawn. */
  propensity: number;
  /**
   * Chance of a correct answer that the fitted router gave the model for this query: `fitted` of its entry in the ranking, else
   * `probability`. Learners of what the router misjudges skip a decision without it.
   */
  expected?: number;
}

/** What a learner knows, as files hold it. */
export interface LearnerArtifact {
  manifest: {
    version: 1;
    /** `LearnerStrategy.name`. */
    learner: string;
    options: Record<string, unknown>;
    /** Ids of the candidates, in the order of the router. */
    models: string[];
    /** Decisions that it has learned from. */
    observed: number;
    /** Anything else the strategy wants back, as JSON. */
    state: Record<string, unknown>;
  };
  /** Arrays by name, float32. */
  weights: Record<string, NamedArray>;
}

/** A router as it was learned up to a moment; nothing changes it afterwards. */
export interface LearnedRouter {
  /** Decisions that it had learned from. */
  version: number;
  router: Router;
}

/** Learns from one judged decision after the other, around a fitted router. */
export interface OnlineLearner {
  /** Decisions that it has learned from. */
  readonly observed: number;
  /**
   * Learns from them in their order. A model that the router does not have is skipped, as is a decision that is known already.
   * @returns how many it learned from
   * @throws RouteProfileError BAD_INPUT for a reward outside of [0, 1], or a vector of another length; then it has learned from none
   */
  observe(judged: readonly JudgedDecision[]): number;
  /** The router by all that was learned so far. With nothing observed it decides as the fitted router does. */
  snapshot(): LearnedRouter;
  save(): LearnerArtifact;
}

/** A way to go on learning while serving. The same router, options, seed and observations give the same bytes. */
export interface LearnerStrategy<O = Record<string, unknown>> {
  kind: 'learner';
  specVersion: 1;
  name: string;
  /** One line for listings. */
  summary: string;
  /** Validates and completes the options; `{}` must be valid. */
  options: z.ZodType<O>;
  /** @throws RouteProfileError UNSUPPORTED for a router around which it cannot learn */
  begin(router: Router, options: O, ctx: RunContext): OnlineLearner;
  /**
   * Goes on where `save` left off.
   * @throws RouteProfileError CORRUPT_FILE where the artifact is not of this strategy, or of another router's models
   */
  resume(artifact: LearnerArtifact, router: Router, ctx: RunContext): OnlineLearner;
}
