import type { DecisionRecord } from '../../contracts/record.js';

/** What some decisions came to. */
export interface SpendSummary {
  /** How many. */
  decisions: number;
  /** Those whose answer was delivered. */
  answered: number;
  /** Those that another candidate answered than the one chosen. */
  fellBack: number;
  /** Dollars of all attempts of those whose cost is known. */
  cost: number;
  /** Those whose cost is not known, as a candidate has no price. */
  unpriced: number;
  /** Those that say what the best single model would have cost. */
  compared: {
    /** How many. */
    decisions: number;
    /** Dollars that these cost. */
    cost: number;
    /** Dollars that they would have cost, estimated with the tokens of the answers. */
    bestSingleCost: number;
    /** Ids of the best single models; several where routes have different routers. */
    models: string[];
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Adds up what decisions cost, beside what always asking the best single model would have cost. */
export function spendOf(records: readonly DecisionRecord[]): SpendSummary {
  const costs = records.flatMap(({ cost }) => cost ?? []);
  const compared = records.flatMap(({ cost, bestSingle }) =>
    cost === undefined || bestSingle === undefined ? [] : [{ cost, bestSingle }],
  );
  return {
    decisions: records.length,
    answered: records.filter(({ served }) => served !== null).length,
    fellBack: records.filter(({ served, model }) => served !== null && served !== model).length,
    cost: sum(costs),
    unpriced: records.length - costs.length,
    compared: {
      decisions: compared.length,
      cost: sum(compared.map(({ cost }) => cost)),
      bestSingleCost: sum(compared.map(({ bestSingle }) => bestSingle.cost)),
      models: [...new Set(compared.map(({ bestSingle }) => bestSingle.model))],
    },
  };
}
