import type { Dataset, Matrix, RouterTraining } from '@routeprofile/schema';
import { withoutModels } from './rows.js';

/**
 * What may be learned from: the one place where training rows reach a profile or a router. Outcomes and pairs of new models are
 * taken out here, whatever the dataset holds, and test rows never get in.
 * @param vectors [training queries × dimensions]; without them nothing that compares queries can learn
 */
export function routerTraining(dataset: Dataset, vectors: Matrix | undefined, encoder: string): RouterTraining {
  const models = dataset.candidates.map((candidate) => candidate.id);
  const hidden = new Set(dataset.newModels);
  const isHidden = (model: number) => hidden.has(models[model]!);
  const { queries, pairs, outcomes } = dataset.train;
  return {
    queries: {
      texts: queries.map((query) => query.text),
      ids: queries.map((query) => query.id),
      ...(vectors && { vectors, encoder }),
    },
    tasks: queries.map((query) => query.task),
    pairs: hidden.size === 0 ? pairs : pairs.filter(({ better, worse }) => !isHidden(better) && !isHidden(worse)),
    outcomes: outcomes && withoutModels(outcomes, models, hidden),
  };
}
