import type { ReportRow, RunReport } from '@routeprofile/schema';
import { isRecommended, orderedRows } from './view.js';

/**
 * The row whose router is worth asking: the recommended one; where a model is recommended, the row that was judged, else the best
 * that is not a constant in disguise. undefined where there is none.
 */
export function tryAnyway(report: RunReport): ReportRow | undefined {
  const rows = orderedRows(report);
  const sound = rows.filter(({ collapse }) => !collapse.flag);
  const judged = report.recommendation?.judged;
  return (
    rows.find((row) => isRecommended(report, row)) ??
    sound.find(({ label, seed }) => judged?.label === label && judged.seed === seed) ??
    sound[0]
  );
}
