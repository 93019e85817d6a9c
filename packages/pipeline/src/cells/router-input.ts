import { routerTraining } from '@routeprofile/data';
import { encodeNodes } from '@routeprofile/graph';
import type {
  Dataset,
  Encoder,
  HeteroGraph,
  Matrix,
  ModelCard,
  NodeFeatures,
  ProfileInput,
  ProfileSet,
  ProfileStrategy,
  QueryBatch,
  QueryRecord,
  RouterInput,
  RunContext,
  SharedWork,
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

/** Training queries as they were encoded, and what fits on them share. */
export interface EncodedQueries {
  vectors: Matrix;
  encoder: string;
  work?: SharedWork;
}

/** What a router may learn from. A new model reaches it by its profile and its card alone (see `routerTraining`). */
export function routerInput(
  dataset: Dataset,
  profiles: ProfileSet,
  { vectors, encoder, work }: EncodedQueries,
): RouterInput {
  const training = routerTraining(dataset, vectors, encoder);
  const cards = new Map(dataset.cards.map((card) => [card.name, card]));
  return {
    models: dataset.candidates.map((candidate) => candidate.id),
    candidates: dataset.candidates,
    cards: dataset.candidates
      .map((candidate) => cards.get(candidate.id))
      .filter((card): card is ModelCard => card !== undefined),
    profiles,
    training: work ? { ...training, queries: { ...training.queries, work } } : training,
  };
}

export const encodeTraining = (dataset: Dataset, encoder: Encoder, ctx: RunContext): Promise<Matrix> =>
  encoder.encode(
    dataset.train.queries.map((query) => query.text),
    ctx,
  );

/** What a profile strategy is built from: encoded node texts and training rows where it asks for them. */
export async function profileInput(
  dataset: Dataset,
  strategy: ProfileStrategy,
  graph: HeteroGraph,
  encoder: Encoder,
  ctx: RunContext,
  made: { features?: NodeFeatures; train?: Matrix } = {},
): Promise<ProfileInput> {
  const wants = (need: 'features' | 'training') => strategy.needs.includes(need);
  return {
    models: dataset.candidates.map((candidate) => candidate.id),
    cards: dataset.cards,
    graph,
    encoder,
    ...(wants('features') && { features: made.features ?? (await encodeNodes(graph, encoder, ctx)) }),
    ...(wants('training') && {
      training: routerTraining(dataset, made.train ?? (await encodeTraining(dataset, encoder, ctx)), encoder.id),
    }),
  };
}
