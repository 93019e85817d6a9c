import type { DecisionRecord } from '../../contracts/record.js';
import { spendOf, type SpendSummary } from './spend.js';

/** How often a model was chosen, and answered. */
export interface ModelShare {
  model: string;
  /** Decisions for it. */
  chosen: number;
  /** Decisions that it answered, chosen or not. */
  served: number;
}

/** What some decisions of one route came to. */
export interface RouteFigures extends SpendSummary {
  /** null for requests that named their model themselves. */
  route: string | null;
  /** Those that answered most first. */
  models: ModelShare[];
}

function sharesOf(records: readonly DecisionRecord[]): ModelShare[] {
  const shares = new Map<string, ModelShare>();
  const of = (model: string): ModelShare => {
    const share = shares.get(model) ?? { model, chosen: 0, served: 0 };
    shares.set(model, share);
    return share;
  };
  for (const { model, served } of records) {
    of(model).chosen++;
    if (served !== null) of(served).served++;
  }
  return [...shares.values()].sort(
    (a, b) => b.served - a.served || b.chosen - a.chosen || (a.model < b.model ? -1 : 1),
  );
}

/**
 * What decisions came to, per route; routes with most of them first.
 * @param whole what they all came to: that of the only route, where there is one, as intervals take their time
 */
export function routeFiguresOf(records: readonly DecisionRecord[], whole: SpendSummary): RouteFigures[] {
  const byRoute = new Map<string | null, DecisionRecord[]>();
  for (const record of records) {
    const own = byRoute.get(record.route);
    if (own) own.push(record);
    else byRoute.set(record.route, [record]);
  }
  return [...byRoute]
    .map(([route, own]) => ({
      route,
      ...(own.length === records.length ? whole : spendOf(own)),
      models: sharesOf(own),
    }))
    .sort((a, b) => b.decisions - a.decisions);
}
