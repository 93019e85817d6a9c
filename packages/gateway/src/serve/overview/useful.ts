import { costPerUseful } from '@routeprofile/schema';
import type { JudgedRecord } from './judged.js';

/** What judged answers cost. */
export interface UsefulSpend {
  /** Decisions whose cost is known and whose answer was judged, of the last 50. */
  judged: number;
  /** Dollars of these. */
  cost: number;
  /** Sum of their scores from 0 to 1: how many useful answers that makes. */
  useful: number;
  /** Dollars per useful answer (`costPerUseful` of `@routeprofile/schema`); absent where none was useful. */
  perUseful?: number;
}

/** What judged answers cost per useful one. */
export function usefulOf(judged: readonly JudgedRecord[]): UsefulSpend {
  const known = judged.flatMap(({ record, score }) =>
    record.cost === undefined ? [] : [{ cost: record.cost, score }],
  );
  const cost = known.reduce((sum, one) => sum + one.cost, 0);
  const useful = known.reduce((sum, one) => sum + one.score, 0);
  const perUseful = costPerUseful(cost, useful);
  return { judged: known.length, cost, useful, ...(perUseful !== undefined && { perUseful }) };
}
