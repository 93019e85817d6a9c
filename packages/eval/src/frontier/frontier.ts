import {
  RouteProfileError,
  type ConstantsFrontier,
  type Estimate,
  type Frontier,
  type OperatingPoint,
  type OutcomeTable,
} from '@routeprofile/schema';
import { type BootstrapOptions, percentileInterval, RESAMPLES } from '@routeprofile/numerics';
import { averageQuality, costToReach, upperHull, type Point } from './hull.js';
import { policyPoints, tableSeries, type PolicyPoints, type PolicySeries } from './policies.js';

/** A router's choices for every weight of cost, made without labels. */
export interface FrontierChoices {
  /** Weights of cost: what a dollar is worth in the router's own units of quality, at least 0. */
  lambdas: readonly number[];
  /** Shape [λs] of [rows]: index of the chosen model. */
  choices: readonly Int32Array[];
  /** What training data picked among the lambdas, for what end, and what they promised. */
  operatingPoint: {
    target: string;
    lambda: number;
    outOfFold: { quality: number; costShare: number | null };
  } | null;
}

/** The rows that all frontiers of a report are drawn on, and the constants they have to lie above. */
export interface FrontierGround {
  /** What choices cost and score, row by row; null where a log cannot tell. */
  seriesOf: (choices: Int32Array) => PolicySeries | null;
  /** Models of the constants; where a log cannot tell of one, it is not among them. */
  models: readonly string[];
  constants: PolicyPoints;
  /** What mixing constants reaches, on the rows and, unless all cost the same, in every resample. */
  reach: Reach;
  reachResampled: readonly Reach[];
  /** Ends of the constants' intervals, where they are estimates. */
  estimated: readonly PolicySeries['estimated'][];
  /** Indices of constants worth naming, by the name of the baseline. */
  named: Readonly<Record<string, number>>;
  bootstrap: BootstrapOptions;
}

/** AIQ of the constants, over the range of their costs. */
interface Reach {
  from: number;
  to: number;
  quality: number;
}

/** @param table with one row at least */
export function frontierGround(
  table: OutcomeTable,
  costs: Float64Array,
  named: Readonly<Record<string, number>>,
  bootstrap: BootstrapOptions,
): FrontierGround {
  const seriesOf = (choices: Int32Array) => tableSeries(table, costs, choices);
  return groundOf(seriesOf, table.models, table.queries.length, named, bootstrap)!;
}

/**
 * The ground of rows whose costs and scores are known, or estimated, by `seriesOf`.
 * @returns null where no constant is known
 */
export function groundOf(
  seriesOf: FrontierGround['seriesOf'],
  models: readonly string[],
  rows: number,
  named: Readonly<Record<string, number>>,
  bootstrap: BootstrapOptions,
): FrontierGround | null {
  const known = models.flatMap((model, index) => {
    const series = seriesOf(new Int32Array(rows).fill(index));
    return series ? [{ model, index, series }] : [];
  });
  if (known.length === 0) return null;
  const placeOf = (index: number) => known.findIndex((constant) => constant.index === index);
  const constants = policyPoints(
    known.map(({ series }) => series),
    bootstrap,
  );
  const reach = reachOf(constants.points);
  return {
    seriesOf,
    models: known.map(({ model }) => model),
    constants,
    reach,
    reachResampled:
      reach.to > reach.from
        ? Array.from({ length: bootstrap.resamples ?? RESAMPLES }, (_, r) => reachOf(constants.resampled(r)))
        : [],
    estimated: known.map(({ series }) => series.estimated),
    named: Object.fromEntries(
      Object.entries(named).flatMap(([name, index]) => (placeOf(index) < 0 ? [] : [[name, placeOf(index)]])),
    ),
    bootstrap,
  };
}

const cornersOf = (points: readonly Point[]): Point[] => upperHull(points).map((index) => points[index]!);

function reachOf(points: readonly Point[]): Reach {
  let [from, to] = [Infinity, -Infinity];
  for (const { cost } of points) {
    if (cost < from) from = cost;
    if (cost > to) to = cost;
  }
  return { from, to, quality: averageQuality(points, from, to) };
}

export function constantsFrontier({
  models,
  constants: { points },
  reach,
  estimated,
}: FrontierGround): ConstantsFrontier {
  const hull = new Set(upperHull(points));
  return {
    points: points.map(({ cost, quality }, m) => ({
      model: models[m]!,
      cost,
      quality,
      onHull: hull.has(m),
      ...(estimated[m] && { estimated: estimated[m] }),
    })),
    aiq: reach.to > reach.from ? reach.quality : null,
  };
}

/**
 * The cost–quality frontier of a router on test rows: AIQ against the hull of constants, the cost at which it is as good as
 * best-single, and what became of the operating point. Bootstrap over rows; constants, router and range are computed anew in
 * every resample. Weights of cost of which a log cannot tell have no point.
 *
 * @returns null where there is no point
 * @throws RouteProfileError BAD_INPUT when the operating point is none of the lambdas
 */
export function frontierOf(
  { lambdas, choices, operatingPoint }: FrontierChoices,
  ground: FrontierGround,
): Frontier | null {
  if (operatingPoint && !lambdas.includes(operatingPoint.lambda))
    throw new RouteProfileError(
      'BAD_INPUT',
      `the operating point λ = ${operatingPoint.lambda} is none of the frontier's lambdas`,
    );
  const { constants, named, bootstrap } = ground;
  const known = lambdas.flatMap((lambda, i) => {
    const series = ground.seriesOf(choices[i]!);
    return series ? [{ lambda, series }] : [];
  });
  if (known.length === 0) return null;
  const router = policyPoints(
    known.map(({ series }) => series),
    bootstrap,
  );
  const unknown = lambdas.length - known.length;
  const at = operatingPoint ? known.findIndex(({ lambda }) => lambda === operatingPoint.lambda) : -1;
  const hull = upperHull(router.points);
  const single = named['best-single'];
  return {
    points: router.points.map(({ cost, quality }, i) => ({
      lambda: known[i]!.lambda,
      cost,
      quality,
      onHull: hull.includes(i),
      ...(known[i]!.series.estimated && { estimated: known[i]!.series.estimated }),
    })),
    ...(unknown > 0 && { unknownPoints: unknown }),
    aiq: aiqOf(router, ground),
    costToBestSingle: single === undefined ? null : costToBestSingle(router, constants, single, bootstrap),
    operatingPoint: operatingPoint && at >= 0 ? judgeOperatingPoint(operatingPoint, at, router, ground) : null,
  };
}

/** A statistic of the original rows and of every resample. */
function statistics(
  of: (router: readonly Point[], constants: readonly Point[]) => number,
  router: PolicyPoints,
  constants: PolicyPoints,
  { resamples = RESAMPLES }: BootstrapOptions,
): { value: number; resampled: Float64Array } {
  return {
    value: of(router.points, constants.points),
    resampled: Float64Array.from({ length: resamples }, (_, r) => of(router.resampled(r), constants.resampled(r))),
  };
}

function aiqOf(router: PolicyPoints, { reach, reachResampled, bootstrap }: FrontierGround): Frontier['aiq'] {
  if (!(reach.to > reach.from)) return null;
  const over = (own: readonly Point[], { from, to }: Reach) => averageQuality(own, from, to);
  const own = over(router.points, reach);
  const gains = Float64Array.from(reachResampled, (theirs, r) => over(router.resampled(r), theirs) - theirs.quality);
  return {
    router: own,
    constants: reach.quality,
    difference: {
      against: 'hull of constants',
      difference: own - reach.quality,
      ...percentileInterval(gains, bootstrap),
    },
  };
}

function costToBestSingle(
  router: PolicyPoints,
  constants: PolicyPoints,
  single: number,
  bootstrap: BootstrapOptions,
): Frontier['costToBestSingle'] {
  if (constants.points[single]!.cost === 0) return null;
  const share = (own: readonly Point[], theirs: readonly Point[]) => {
    const { cost, quality } = theirs[single]!;
    const needed = costToReach(cornersOf(own), quality);
    return needed === null ? Infinity : needed / cost;
  };
  const { value, resampled } = statistics(share, router, constants, bootstrap);
  const reached = resampled.filter(Number.isFinite).length / resampled.length;
  const { low, high } = percentileInterval(resampled, bootstrap);
  const orNever = (x: number) => (Number.isFinite(x) ? x : null);
  return { share: orNever(value), low: orNever(low), high: orNever(high), reached };
}

function judgeOperatingPoint(
  { target, lambda, outOfFold }: NonNullable<FrontierChoices['operatingPoint']>,
  at: number,
  router: PolicyPoints,
  { constants, named, models, bootstrap }: FrontierGround,
): OperatingPoint {
  const own = router.points[at]!;
  const estimate = (of: (own: Point, theirs: Point) => number, index: number): Estimate => {
    const { value, resampled } = statistics((a, b) => of(a[at]!, b[index]!), router, constants, bootstrap);
    return { value, ...percentileInterval(resampled, bootstrap) };
  };
  return {
    ...own,
    target,
    lambda,
    outOfFold,
    comparisons: Object.entries(named).map(([name, index]) => {
      const { value, ...ends } = estimate((a, b) => a.quality - b.quality, index);
      const free = constants.points[index]!.cost === 0;
      return {
        model: models[index]!,
        quality: { against: name, difference: value, ...ends },
        costShare: free ? null : estimate((a, b) => a.cost / b.cost, index),
      };
    }),
  };
}
