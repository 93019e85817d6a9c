import { RouteProfileError, type Decision } from '@routeprofile/schema';
import { chancesOf, checkedSettings, type ExplorationSettings } from './exploration-chances.js';

/** What exploring is expected to cost, per decision. */
export interface PriceOfExploring {
  /** Chances of a correct answer given up: mean of Σ p (best − worth); in scores with `unit: 'score'`. */
  loss: number;
  /** Share of decisions that are expected to go to another model than the best. */
  explored: number;
  /** Mean number of models that come into question. */
  models: number;
  /** Dollars more (or less, below 0) than without exploring; null where decisions do not say what calls cost. */
  dollars: number | null;
}

/**
 * What exploring would cost, before it is switched on: expected over draws, so exactly what the settings ask for. The worth of models is the router's
 * own estimate.
 * @param decisions of the router without exploring, such as those on recorded or validation queries
 * @throws RouteProfileError BAD_INPUT without decisions; as `explorationOf`
 */
export function priceOfExploring(decisions: readonly Decision[], settings: ExplorationSettings = {}): PriceOfExploring {
  if (decisions.length === 0)
    throw new RouteProfileError('BAD_INPUT', 'price of exploring: there are no decisions', {
      hint: 'Give those of the router on some queries, such as recorded ones.',
    });
  const checked = checkedSettings(settings);
  let [loss, explored, models, dollars] = [0, 0, 0, 0];
  for (const decision of decisions) {
    const among = chancesOf(decision, checked);
    const costs = new Map(decision.ranked.map(({ model, expectedCost = NaN }) => [model, expectedCost]));
    const own = costs.get(decision.model)!;
    models += among.length;
    for (const { model, chance, loss: lost } of among) {
      loss += chance * lost;
      if (model === decision.model) continue;
      explored += chance;
      dollars += chance * (costs.get(model)! - own);
    }
  }
  const mean = (sum: number) => sum / decisions.length;
  return {
    loss: mean(loss),
    explored: mean(explored),
    models: mean(models),
    dollars: Number.isNaN(dollars) ? null : mean(dollars),
  };
}
