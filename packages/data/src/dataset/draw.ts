import { createRandom, type OutcomeValues, type PreferencePair, type Random } from '@routeprofile/schema';

/**
 * Draws `total` of the labelled items so that every label keeps its share (largest remainders get the odd items).
 * @returns indices in ascending order
 */
export function stratifiedDraw(labels: readonly (string | null)[], total: number, random: Random): number[] {
  if (total >= labels.length) return labels.map((_, i) => i);
  const strata = new Map<string | null, number[]>();
  labels.forEach((label, i) => {
    const stratum = strata.get(label);
    if (stratum === undefined) strata.set(label, [i]);
    else stratum.push(i);
  });
  const quotas = [...strata.values()].map((items) => {
    const exact = (items.length * total) / labels.length;
    return { items, size: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  const missing = total - quotas.reduce((sum, { size }) => sum + size, 0);
  for (const quota of quotas.toSorted((a, b) => b.rest - a.rest).slice(0, missing)) quota.size++;
  return quotas.flatMap(({ items, size }) => random.sample(items, size)).sort((a, b) => a - b);
}

/** A seeded, stratified subset of at most `limit` items, in their order. */
export function limited<T>(
  items: readonly T[],
  taskOf: (item: T) => string | null,
  limit: number | undefined,
  seed: number,
  label: string,
): readonly T[] {
  if (limit === undefined || items.length <= limit) return items;
  return stratifiedDraw(items.map(taskOf), limit, createRandom(seed, 'dataset', label)).map((i) => items[i]!);
}

/** `k` distinct integers of [0, n), or all of them. */
function distinctIntegers(n: number, k: number, random: Random): number[] {
  if (n <= k) return Array.from({ length: n }, (_, i) => i);
  const out = new Set<number>();
  while (out.size < k) out.add(random.int(n));
  return [...out];
}

/**
 * Pairs of unequal outcomes, at most `perQuery` a query, each unequal pair as likely as any other.
 *
 * With the models sorted by score, the unequal pairs are (p, q) with q before the first of p's equals; they are numbered
 * in that order, numbers are drawn, and turned back into pairs.
 */
export function drawPairs(values: OutcomeValues, models: number, perQuery: number, random: Random): PreferencePair[] {
  const pairs: PreferencePair[] = [];
  const queries = models === 0 ? 0 : values.score.length / models;
  for (let query = 0; query < queries; query++) {
    const scoreOf = (model: number) => values.score[query * models + model]!;
    const sorted = Array.from({ length: models }, (_, model) => model)
      .filter((model) => !Number.isNaN(scoreOf(model)))
      .sort((a, b) => scoreOf(a) - scoreOf(b) || a - b);
    /** How many models score lower than the one at each place. */
    const lower: number[] = [];
    sorted.forEach((model, place) =>
      lower.push(place > 0 && scoreOf(sorted[place - 1]!) === scoreOf(model) ? lower[place - 1]! : place),
    );
    const unequal = lower.reduce((a, b) => a + b, 0);
    for (let number of distinctIntegers(unequal, perQuery, random).sort((a, b) => a - b)) {
      let place = 0;
      while (number >= lower[place]!) number -= lower[place++]!;
      pairs.push({ query, better: sorted[place]!, worse: sorted[number]! });
    }
  }
  return pairs;
}
