import {
  plural,
  type Baseline,
  type ConstantLine,
  type ConstantsFrontier,
  type Elsewhere,
  type RunReport,
} from '@routeprofile/schema';
import { constantBaselines, constantName, isConstantBaseline } from './read.js';

/** A report of at most this many models holds every constant. Of more models it holds the best, and what a reader asks for by name. */
export const MOST_CONSTANTS = 100;
/** Where the constants of a report lie that does not hold all of them: beside it. */
export const CONSTANTS_FILE = 'constants.jsonl';
const PART = 'constants';

/** A report that stays small, and what was taken out of it. */
export interface SplitReport {
  report: RunReport;
  /** The lines of the report's file of constants, one per candidate in their order; absent where nothing was taken out. */
  constants?: ConstantLine[];
}

/**
 * Takes out of a report what grows with the models: beyond 100 candidates it keeps, of the constants and of the points of
 * `constantsFrontier`, the 100 best by mean score, the 100 best new models, the worst (so that the scale of scores still shows), the
 * cheapest, all on the hull, and those that other baselines stand for. What it lacks is said in `elsewhere`.
 * @param report as `assembleReport` gives it; one that was split before is given back as it is
 */
export function splitReport(report: RunReport): SplitReport {
  const constants = constantBaselines(report);
  if (constants.length <= MOST_CONSTANTS || elsewhereOf(report)) return { report };
  const points = new Map(report.constantsFrontier?.points.map(({ model, ...point }) => [model, point]));
  const kept = keptModels(report, constants);
  const elsewhere: Elsewhere = {
    part: PART,
    file: CONSTANTS_FILE,
    total: constants.length,
    here: kept.size,
    words: `Always choosing one model: ${kept.size} of ${plural(constants.length, 'model')} are in report.json, all of them in ${CONSTANTS_FILE}.`,
  };
  return {
    report: {
      ...withConstants(
        report,
        constants.filter(({ model }) => kept.has(model)),
        report.constantsFrontier?.points.filter(({ model }) => kept.has(model)),
      ),
      elsewhere: [...(report.elsewhere ?? []), elsewhere],
    },
    constants: constants.map(({ model, baseline }): ConstantLine => {
      const point = points.get(model);
      return { ...baseline, model, ...(point && { point }) };
    }),
  };
}

/**
 * The report as it was before `splitReport`.
 * @param constants the lines of the file that `elsewhere` names
 */
export function joinReport(report: RunReport, constants: readonly ConstantLine[]): RunReport {
  const { elsewhere = [], ...own } = report;
  const others = elsewhere.filter(({ part }) => part !== PART);
  const whole = withConstants(
    own,
    constants.map(({ point: _, ...baseline }) => ({ model: baseline.model, baseline })),
    constants.flatMap(({ model, point }) => (point ? [{ model, ...point }] : [])),
  );
  return others.length > 0 ? { ...whole, elsewhere: others } : whole;
}

/** Where a report's constants lie, if it does not hold all of them. */
export const elsewhereOf = ({ elsewhere }: Pick<RunReport, 'elsewhere'>): Elsewhere | undefined =>
  elsewhere?.find(({ part }) => part === PART);

interface Constant {
  model: string;
  baseline: Baseline;
}

function withConstants(
  report: RunReport,
  constants: readonly Constant[],
  points: ConstantsFrontier['points'] | undefined,
): RunReport {
  const others = Object.entries(report.baselines).filter(([name]) => !isConstantBaseline(name));
  return {
    ...report,
    baselines: Object.fromEntries([
      ...constants.map(({ model, baseline }) => [constantName(model), baseline] as const),
      ...others,
    ]),
    ...(report.constantsFrontier && points && { constantsFrontier: { ...report.constantsFrontier, points } }),
  };
}

function keptModels({ baselines, newModels, constantsFrontier }: RunReport, constants: readonly Constant[]) {
  const average = ({ baseline }: Constant) => baseline.metrics['avg_performance'] ?? -Infinity;
  const cost = ({ baseline }: Constant) => baseline.metrics['cost_per_1k'] ?? Infinity;
  // Sorting is stable: of equals the first. Two infinities differ by NaN.
  const byAverage = [...constants].sort((a, b) => average(b) - average(a) || 0);
  const fresh = new Set(newModels);
  const points = constantsFrontier?.points ?? [];
  const bestPoints = [...points].sort((a, b) => b.quality - a.quality).slice(0, MOST_CONSTANTS);
  return new Set([
    ...byAverage.slice(0, MOST_CONSTANTS).map(({ model }) => model),
    ...byAverage
      .filter(({ model }) => fresh.has(model))
      .slice(0, MOST_CONSTANTS)
      .map(({ model }) => model),
    byAverage.at(-1)!.model,
    constants.reduce((a, b) => (cost(b) < cost(a) ? b : a)).model,
    ...[...bestPoints, ...points.filter(({ onHull }) => onHull)].map(({ model }) => model),
    ...Object.entries(baselines).flatMap(([name, { model }]) =>
      model === undefined || isConstantBaseline(name) ? [] : [model],
    ),
  ]);
}
