import type { ProfileInput } from '@routeprofile/schema';
import { fitAdvantages, type AdvantageModel, placeByCard } from '../keyed/advantages.js';
import { scoreTable } from '../keyed/score-table.js';

/** Card scores measure models in points, outcomes in their own unit; the slope takes the one to the other. */
export interface CardLink {
  fit: AdvantageModel;
  /** Overall score of a model ≈ slope × overall advantage by its card. */
  slope: number;
}

/** One model of an average size of advantage is given beforehand, at slope 0: two models do not make a line. */
const PRIOR_MODELS = 1;

/**
 * What cards say of models that were not measured, in the unit of what was: least squares through the origin over the measured
 * models, slope = Σ score · card / (Σ card² + mean card²), never below 0: cards may tell nothing, but not the contrary.
 * @param overall one a model of the input
 * @param measured the models that have training rows
 */
export function cardLink(
  { models, cards, training }: ProfileInput,
  overall: ArrayLike<number>,
  measured: readonly boolean[],
  distrust: boolean,
): CardLink {
  const tasks = new Set(training?.tasks);
  const table = scoreTable(models, cards, undefined, { distrust, queriesOf: () => undefined });
  const fit = fitAdvantages(table, { shrink: true, scale: 'points', routed: (task) => tasks.has(task) });
  const known = models.flatMap((model, m) => {
    if (!measured[m]) return [];
    const { overall: byCard } = placeByCard(
      fit,
      cards.find(({ name }) => name === model),
      { distrust, queriesOf: () => undefined },
    );
    return [{ byCard, score: overall[m]! }];
  });
  const squares = known.reduce((sum, { byCard }) => sum + byCard ** 2, 0);
  const product = known.reduce((sum, { byCard, score }) => sum + byCard * score, 0);
  const prior = (PRIOR_MODELS * squares) / Math.max(1, known.length);
  return { fit, slope: squares === 0 ? 0 : Math.max(0, product / (squares + prior)) };
}
