import type {
  Dataset,
  Matrix,
  ModelCard,
  OutcomeValues,
  ProfileSet,
  QueryBatch,
  QueryRecord,
  RouterInput,
} from '@routeprofile/schema';

/** Queries with their vectors; labels only when the router asks for them. */
export function queryBatch(
  queries: readonly QueryRecord[],
  vectors: Matrix | undefined,
  encoder: string,
  withTasks: boolean,
): QueryBatch {
  return {
    texts: queries.map((query) => query.text),
    ids: queries.map((query) => query.id),
    ...(vectors && { vectors, encoder }),
    ...(withTasks && { tasks: queries.map((query) => query.task) }),
  };
}

function withoutModels(values: OutcomeValues, models: number, hidden: ReadonlySet<number>): OutcomeValues {
  const mask = (column: Float64Array) => column.map((x, k) => (hidden.has(k % models) ? NaN : x));
  const { score, cost, inputTokens, outputTokens, latency } = values;
  return {
    score: mask(score),
    cost: mask(cost),
    inputTokens: mask(inputTokens),
    outputTokens: mask(outputTokens),
    latency: mask(latency),
  };
}

/**
 * What a router may learn from. The one place where training data reach a router: outcomes and pairs of the
 * new models are taken out here, whatever the dataset holds, and test rows never get in.
 */
export function routerInput(
  dataset: Dataset,
  profiles: ProfileSet,
  trainVectors: Matrix,
  encoder: string,
): RouterInput {
  const models = dataset.candidates.map((candidate) => candidate.id);
  const hidden = new Set(dataset.newModels.map((model) => models.indexOf(model)));
  const cards = new Map(dataset.cards.map((card) => [card.name, card]));
  const { queries, pairs, outcomes } = dataset.train;
  return {
    models,
    candidates: dataset.candidates,
    cards: dataset.candidates
      .map((candidate) => cards.get(candidate.model))
      .filter((card): card is ModelCard => card !== undefined),
    profiles,
    training: {
      queries: queryBatch(queries, trainVectors, encoder, false),
      tasks: queries.map((query) => query.task),
      pairs: hidden.size === 0 ? pairs : pairs.filter((pair) => !hidden.has(pair.better) && !hidden.has(pair.worse)),
      outcomes: outcomes && hidden.size > 0 ? withoutModels(outcomes, models.length, hidden) : outcomes,
    },
  };
}
