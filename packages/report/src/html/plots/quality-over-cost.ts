import * as Plot from '@observablehq/plot';
import type { EstimatedPoint } from '@routeprofile/schema';
import { fixed } from '@routeprofile/eval/format';
import { costAxis, costTick } from './cost-axis.js';
import { draw, type Drawing } from './figure.js';
import { placeLabels } from './place-labels.js';
import { scoreDomain } from './score-axis.js';

/** Of a plot, in pixels. */
export interface Frame {
  width: number;
  height: number;
  margin: { left: number; right: number; bottom: number };
}

interface At {
  cost: number;
  quality: number;
}

/** A point that may be an estimate of a log. */
export interface Estimated extends At {
  estimated?: EstimatedPoint | undefined;
}

/** Points with the ends of their intervals; a cost's that is not above 0 has no place on the axis. */
const withEnds = (points: readonly Estimated[]) =>
  points.flatMap(({ cost, quality, estimated }) =>
    estimated === undefined
      ? []
      : [
          {
            ...{ cost, quality, lowQuality: estimated.quality.low, highQuality: estimated.quality.high },
            ...{ lowCost: estimated.cost.low > 0 ? estimated.cost.low : cost, highCost: estimated.cost.high },
          },
        ],
  );

/** Lines through estimates, from end to end of their 95 % intervals; none through other points. */
export function intervalMarks(points: readonly Estimated[], stroke: string): Plot.Markish[] {
  const style = { stroke, strokeWidth: 1, strokeOpacity: 0.45 };
  const ends = withEnds(points);
  return ends.length === 0
    ? []
    : [
        Plot.ruleX(ends, { x: 'cost', y1: 'lowQuality', y2: 'highQuality', ...style }),
        Plot.ruleY(ends, { y: 'quality', x1: 'lowCost', x2: 'highCost', ...style }),
      ];
}

/** Points, and the ends of their intervals: what axes have to hold. */
export const pointsAndEnds = (points: readonly Estimated[]): At[] => [
  ...points.map(({ cost, quality }) => ({ cost, quality })),
  ...withEnds(points).flatMap(({ lowCost, highCost, lowQuality, highQuality }) => [
    { cost: lowCost, quality: lowQuality },
    { cost: highCost, quality: highQuality },
  ]),
];

/** What is said below a plot of estimates. */
export const ESTIMATES =
  'All points are estimates from the log (doubly robust); the thin lines are their 95 % intervals. What the log cannot tell has no point.';

/** A point whose name stands beside it where it collides with nothing. */
export interface Named extends At {
  label: string;
  /** Whether it is one of those that matter, in full colour and bold, or not; by default all names are alike. */
  bold?: boolean;
}

/** Where marks take their place from. */
export const AT = { x: 'cost', y: 'quality' } as const;

/**
 * Scores over dollars per 1,000 queries, on axes that hold all points.
 * @param marks what is drawn, above the grid
 * @param named points to name; later ones choose their place first
 * @param obstacles what names must not cover beside the named points
 */
export function drawQualityOverCost(
  { width, height, margin }: Frame,
  points: readonly At[],
  marks: readonly Plot.Markish[],
  named: readonly Named[],
  obstacles: readonly At[] = [],
): Drawing {
  const axis = costAxis(points.map(({ cost }) => cost));
  const options = {
    width,
    height,
    marginLeft: margin.left,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    x: { ...axis, labelAnchor: 'center', tickFormat: costTick },
    y: {
      label: 'average performance',
      labelAnchor: 'center',
      nice: true,
      domain: scoreDomain(points.map(({ quality }) => quality)),
      tickFormat: (y: number) => fixed(y, 2),
    },
    marks: [
      Plot.gridX(axis.ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 }),
      ...marks,
    ],
  } satisfies Plot.PlotOptions;
  const scaled = draw(options);
  const pixels = ({ cost, quality }: At) => ({
    x: Number(scaled.scale('x')?.apply(cost)),
    y: Number(scaled.scale('y')?.apply(quality)),
  });
  const placed = placeLabels(
    named.map((point) => ({ ...pixels(point), label: point.label })),
    { left: margin.left + 2, right: width - 5, top: 12, bottom: height - margin.bottom - 3 },
    obstacles.map(pixels),
  );
  const labels = placed.map(({ index, dx, dy, anchor }) => {
    const { bold, ...point } = named[index]!;
    return Plot.text([point], {
      ...AT,
      text: 'label',
      dx,
      dy,
      textAnchor: anchor,
      fill: bold ? 'currentColor' : 'var(--muted)',
      ...(bold !== undefined && { fontWeight: bold ? 700 : 400 }),
      stroke: 'var(--page)',
      strokeWidth: 3,
    });
  });
  return draw({ ...options, marks: [...options.marks, ...labels] });
}
