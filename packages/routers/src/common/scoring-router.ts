import {
  assertFinite,
  decisionsFromScores,
  throwIfAborted,
  type Matrix,
  type QueryBatch,
  type Reason,
  type RouterArtifact,
  type RunContext,
  type ScoringRouter,
} from '@routeprofile/schema';

/** Scores of a batch, and why a model won. */
interface Scored {
  /** [queries × models], higher is better. */
  scores: Matrix;
  explain: (query: number, winner: number) => Reason[];
}

export interface ScoringParts {
  name: string;
  models: readonly string[];
  /** A pure function of each query alone. */
  evaluate: (queries: QueryBatch, ctx?: RunContext) => Scored;
  save: () => RouterArtifact;
}

/** A router from a scoring function: finite scores, ties by the order of models, one decision per query. */
export function scoringRouter({ name, models, evaluate, save }: ScoringParts): ScoringRouter {
  const checked = (queries: QueryBatch, ctx?: RunContext) => {
    throwIfAborted(ctx);
    const scored = evaluate(queries, ctx);
    assertFinite(scored.scores, `${name}: scores`);
    return scored;
  };
  return {
    models,
    async score(queries, ctx) {
      return checked(queries, ctx).scores;
    },
    async decide(queries, ctx) {
      const { scores, explain } = checked(queries, ctx);
      return decisionsFromScores(models, scores, explain);
    },
    async save() {
      return save();
    },
  };
}
