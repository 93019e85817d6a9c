import { throwIfAborted, type RunContext } from '../context.js';
import { assertFinite, createMatrix, rowOf, type Matrix } from '../matrix.js';
import type { ProfileSet } from '../profile.js';
import { decisionsFromScores, type Reason, type RouterArtifact, type ScoringRouter } from '../router.js';
import type { QueryBatch } from '../training.js';
import {
  comparedWith,
  type AskedQueries,
  type FoundIn,
  type Learned,
  type ScoredWith,
  type ScoringRouterDefinition,
} from './definition.js';
import { codeFault } from './learned.js';
import { ownArtifact } from './saved-parts.js';
import { queryVectors } from './vectors.js';

/** The router of what was learned: finite scores, ties by the order of models, one decision per query. */
export async function routerOf<
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P,
  R extends Matrix | ScoredWith<unknown>,
>(
  definition: ScoringRouterDefinition<O, S, K, P, R>,
  artifact: RouterArtifact,
  learned: Learned<O, S, K>,
): Promise<ScoringRouter> {
  const { name } = definition;
  const { models } = learned;
  // Without `prepare` nothing can be said of P but that it is undefined.
  const prepared = (await definition.prepare?.(learned)) as P;
  const knowledge = { ...learned, prepared };
  const chances = definition.areChances?.(knowledge) ?? false;

  const evaluate = async (queries: QueryBatch, ctx: RunContext | undefined) => {
    throwIfAborted(ctx);
    const asked = askedQueries(definition, learned, queries);
    const { scores, found } = apart(name, await definition.score(knowledge, asked, ctx));
    assertScores(name, scores, queries.texts.length, models.length);
    return { scores, found };
  };

  const { rows } = definition;
  const rowScoring = rows && {
    metric: rows.metric,
    chances,
    own: () => rows.own(knowledge),
    of: (profiles: ProfileSet) => rows.of(knowledge, profiles),
    probes: (queries: QueryBatch) => rows.probes(knowledge, askedQueries(definition, learned, queries).vectors),
    score: (queries: QueryBatch, given: readonly Matrix[]) =>
      rows.score(knowledge, askedQueries(definition, learned, queries).vectors, given),
  };

  return {
    models,
    ...(rowScoring && { rows: rowScoring }),
    async score(queries, ctx) {
      return (await evaluate(queries, ctx)).scores;
    },
    async decide(queries, ctx) {
      const { scores, found } = await evaluate(queries, ctx);
      const explain = (query: number, winner: number): Reason[] => {
        const row = rowOf(scores, query);
        const choice = { query, winner, model: models[winner]!, score: row[winner]!, scores: row, found };
        const reasons: unknown = definition.explain?.(knowledge, choice) ?? [];
        if (!Array.isArray(reasons)) throw codeFault(name, '`explain` gave no list of reasons');
        return reasons as Reason[];
      };
      const decisions = decisionsFromScores(models, scores, explain);
      if (chances) for (const { ranked } of decisions) for (const entry of ranked) entry.probability = entry.score;
      return decisions;
    },
    async save() {
      return ownArtifact(artifact);
    },
  };
}

/** Scores, and what came with them: R says which of the two forms it is. */
function apart<R extends Matrix | ScoredWith<unknown>>(name: string, result: R): ScoredWith<FoundIn<R>> {
  const given: Matrix | ScoredWith<unknown> | null | undefined = result;
  if (typeof given !== 'object' || given === null) throw codeFault(name, '`score` gave no scores');
  const { scores, found } = 'scores' in given ? given : { scores: given, found: undefined };
  return { scores, found: found as FoundIn<R> };
}

/** What the definition needs of a batch, checked; the rest stays hidden from it. */
function askedQueries<
  O extends Record<string, unknown>,
  S extends Record<string, unknown>,
  K extends string,
  P,
  R extends Matrix | ScoredWith<unknown>,
>(
  definition: ScoringRouterDefinition<O, S, K, P, R>,
  { encoder, dimensions }: Learned<O, S, K>,
  queries: QueryBatch,
): AskedQueries {
  const { name, needs } = definition;
  const { texts, tasks } = queries;
  const what = comparedWith(definition);
  return {
    texts,
    vectors: what ? queryVectors(name, queries, { what, encoder, dimensions }) : createMatrix(texts.length, 0),
    tasks: texts.map((_, q) => (needs.includes('tasks') ? (tasks?.[q] ?? null) : null)),
  };
}

function assertScores(name: string, scores: Matrix, queries: number, models: number): void {
  const { data }: { data: unknown } = scores ?? { data: undefined };
  if (!(data instanceof Float32Array)) throw codeFault(name, '`score` gave no matrix of float32 numbers');
  if (scores.rows !== queries || scores.cols !== models || data.length !== queries * models)
    throw codeFault(
      name,
      `it scored ${scores.rows} × ${scores.cols} (${data.length} numbers), expected ${queries} queries × ${models} models`,
    );
  assertFinite(scores, `${name}: scores`);
}
