import { withoutModels } from '@routeprofile/data';
import type {
  Dataset,
  Matrix,
  ModelCard,
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

/**
 * What a router may learn from. The one place where training data reach a router: outcomes and pairs of the
 * new models are taken out here, whatever the dataset holds, and test rows never get in. A new model reaches a router by its
 * profile and its card alone.
 */
export function routerInput(
  dataset: Dataset,
  profiles: ProfileSet,
  trainVectors: Matrix,
  encoder: string,
): RouterInput {
  const models = dataset.candidates.map((candidate) => candidate.id);
  const hidden = new Set(dataset.newModels);
  const isHidden = (model: number) => hidden.has(models[model]!);
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
      pairs: hidden.size === 0 ? pairs : pairs.filter(({ better, worse }) => !isHidden(better) && !isHidden(worse)),
      outcomes: outcomes && withoutModels(outcomes, models, hidden),
    },
  };
}
