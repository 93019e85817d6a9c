import {
  assertFinite,
  createMatrix,
  decisionsFromScores,
  queryVectors,
  rowOf,
  throwIfAborted,
  type Matrix,
  type QueryBatch,
  type Reason,
  type RouterArtifact,
  type RunContext,
  type ScoringRouter,
} from '@routeprofile/schema';
import { addStacked } from '../common/stacking-weights.js';

export interface WeightedMember {
  name: string;
  weight: number;
  size: number;
  router: ScoringRouter;
}

/** A router that adds up the scores of others. `save` gives back the artifact. */
export function stackedRouter(
  name: string,
  artifact: RouterArtifact,
  members: readonly WeightedMember[],
): ScoringRouter {
  const { models } = artifact.manifest;
  const weights = {
    weights: Float64Array.from(members, ({ weight }) => weight),
    sizes: Float64Array.from(members, ({ size }) => size),
  };
  const total = weights.weights.reduce((a, b) => a + b, 0);
  const recipe = members.map((member) => `${member.name} ${Math.round((100 * member.weight) / total)} %`).join(', ');

  const evaluate = async (queries: QueryBatch, ctx?: RunContext): Promise<{ scores: Matrix; parts: Matrix[] }> => {
    throwIfAborted(ctx);
    assertVectors(name, queries, artifact.manifest);
    const parts: Matrix[] = [];
    for (const { router } of members) parts.push(await router.score(queries, ctx));
    const scores = createMatrix(queries.texts.length, models.length);
    for (let q = 0; q < scores.rows; q++)
      addStacked(
        parts.map((part) => rowOf(part, q)),
        weights,
        rowOf(scores, q),
      );
    assertFinite(scores, `${name}: scores`);
    return { scores, parts };
  };
  const explain = (parts: readonly Matrix[], q: number, winner: number): Reason[] => {
    const agree = members.filter((_, j) => firstOf(rowOf(parts[j]!, q)) === winner).map((member) => member.name);
    const alone =
      agree.length > 0 ? `${agree.join(', ')} alone would choose it too` : 'none of them alone would choose it';
    return [{ kind: 'ensemble', text: `highest weighted sum of ${recipe}; ${alone}` }];
  };
  return {
    models,
    score: async (queries, ctx) => (await evaluate(queries, ctx)).scores,
    async decide(queries, ctx) {
      const { scores, parts } = await evaluate(queries, ctx);
      return decisionsFromScores(models, scores, (q, winner) => explain(parts, q, winner));
    },
    save: async () => ({ manifest: structuredClone(artifact.manifest), weights: artifact.weights }),
  };
}

/** The first of the highest. */
function firstOf(scores: Float32Array): number {
  let first = 0;
  scores.forEach((score, m) => {
    if (score > scores[first]!) first = m;
  });
  return first;
}

/**
 * Vectors that are given must be those of the training queries, even where no router inside reads them; whichever reads them
 * says so when there are none.
 * @throws RouteProfileError SHAPE_MISMATCH, BAD_INPUT, NOT_FINITE
 */
export function assertVectors(
  name: string,
  queries: QueryBatch,
  { encoder, dimensions }: Pick<RouterArtifact['manifest'], 'encoder' | 'dimensions'>,
): void {
  if (queries.vectors && dimensions !== null)
    queryVectors(name, queries, { what: 'training queries', encoder, dimensions });
}
