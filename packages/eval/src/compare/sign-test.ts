import { binomialTail } from '@routeprofile/numerics';

/**
 * Exact two-sided sign test of rows on which one side did better: McNemar's test where scores are 0 and 1. The probability,
 * were both equally good, of a split at least as uneven. Ties do not count.
 */
export const signTest = (wins: number, losses: number): number =>
  Math.min(1, 2 * binomialTail(Math.max(wins, losses), wins + losses, 1 / 2));
