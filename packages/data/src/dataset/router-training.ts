import type { Dataset, Matrix, OutcomeValues, RouterTraining } from '@routeprofile/schema';
import { withoutModels } from './rows.js';
import { unreliableTasks } from './unreliable.js';

/**
 * What may be learned from: the one place where training rows reach a profile or a router. Outcomes and pairs of new models are
 * taken out here, whatever the dataset holds, and test rows never get in. Rows of a task whose scores are marked unreliable keep
 * text and label, and lose pairs and outcomes: the same grader made them.
 * @param vectors [training queries × dimensions]; without them nothing that compares queries can learn
 */
export function routerTraining(dataset: Dataset, vectors: Matrix | undefined, encoder: string): RouterTraining {
  const models = dataset.candidates.map((candidate) => candidate.id);
  const hidden = new Set(dataset.newModels);
  const isHidden = (model: number) => hidden.has(models[model]!);
  const faulty = unreliableTasks(dataset.cards);
  const { queries, pairs, outcomes } = dataset.train;
  const tasks = queries.map((query) => query.task);
  const isFaulty = tasks.map((task) => task !== null && faulty.has(task));
  return {
    queries: {
      texts: queries.map((query) => query.text),
      ids: queries.map((query) => query.id),
      ...(vectors && { vectors, encoder }),
    },
    tasks,
    pairs: pairs.filter(({ query, better, worse }) => !isFaulty[query] && !isHidden(better) && !isHidden(worse)),
    outcomes: outcomes && withoutRows(withoutModels(outcomes, models, hidden), isFaulty, models.length),
  };
}

/** Scores of the rows taken away; what they cost is known all the same. */
function withoutRows(values: OutcomeValues, isFaulty: readonly boolean[], models: number): OutcomeValues {
  if (!isFaulty.includes(true)) return values;
  return { ...values, score: values.score.map((x, k) => (isFaulty[Math.floor(k / models)] ? NaN : x)) };
}
