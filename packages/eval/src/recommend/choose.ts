import type { Contender } from '@routeprofile/schema';

/** Differences of means that rounding makes. */
const SAME = 1e-9;

/** Those of known quality at most the margin below the best. */
export function nearBest<T extends Pick<Contender, 'quality'>>(contenders: readonly T[], margin: number) {
  const judged = contenders.filter((contender): contender is T & { quality: number } => contender.quality !== null);
  const best = judged.reduce((most, { quality }) => Math.max(most, quality), -Infinity);
  return { best, near: judged.filter(({ quality }) => quality >= best - margin - SAME) };
}

/**
 * Of the contenders that are at most the margin below the best one out of fold, the cheapest; the best one where the cost of some of
 * these is not known. Of equals the better, then the first.
 * @returns null when nothing was estimated
 */
export function chooseContender<T extends Pick<Contender, 'quality' | 'costPer1k'>>(
  contenders: readonly T[],
  margin: number,
): T | null {
  const { near } = nearBest(contenders, margin);
  if (near.length === 0) return null;
  const byQuality = (a: { quality: number }, b: { quality: number }) => b.quality - a.quality;
  const priced = near.flatMap((contender) =>
    contender.costPer1k === null ? [] : [{ contender, cost: contender.costPer1k, quality: contender.quality }],
  );
  // Sorting is stable: of equals the first.
  if (priced.length < near.length) return [...near].sort(byQuality)[0]!;
  return priced.sort((a, b) => a.cost - b.cost || byQuality(a, b))[0]!.contender;
}
