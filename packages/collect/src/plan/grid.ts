/** An item and a model, by position. */
export interface Pair {
  item: number;
  model: number;
}

/**
 * A complete grid: as many items, in the order given, with all models that they are asked of, as the dollars cover.
 * @param askedOf positions of the models of each item
 * @param cost dollars of a pair
 * @returns how many of the items
 */
export function gridSize(
  order: readonly number[],
  askedOf: readonly (readonly number[])[],
  cost: (pair: Pair) => number,
  dollars: number,
): number {
  let spent = 0;
  for (const [count, item] of order.entries()) {
    for (const model of askedOf[item]!) spent += cost({ item, model });
    if (spent > dollars) return count;
  }
  return order.length;
}

/** Pairs in the order given, as many as the dollars cover; dear ones are passed by. */
export function affordable(pairs: Iterable<Pair>, cost: (pair: Pair) => number, dollars: number): Pair[] {
  const chosen: Pair[] = [];
  let left = dollars;
  for (const pair of pairs) {
    const price = cost(pair);
    if (price > left) continue;
    chosen.push(pair);
    left -= price;
  }
  return chosen;
}
