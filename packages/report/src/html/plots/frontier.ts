import * as Plot from '@observablehq/plot';
import { MOST_CONSTANTS } from '@routeprofile/eval';
import { plural, type CostPoint, type RunReport } from '@routeprofile/schema';
import { dollars, fixed } from '@routeprofile/eval/format';
import { constantsTotal } from '../../view.js';
import { html, type Markup } from '../markup.js';
import { figure, shorten } from './figure.js';
import { leftOutText, plottedRows, rowLegend } from './lines.js';
import { AT, drawQualityOverCost, ESTIMATES, intervalMarks, pointsAndEnds } from './quality-over-cost.js';

const MOST_ROWS = 10;
/** Names of the dearest models find room on the right. */
const FRAME = { width: 980, height: 480, margin: { left: 60, right: 150, bottom: 45 } };
/** Points a straight line of mixtures is drawn with: on a logarithmic axis it is curved. */
const STEPS = 24;

/** Quality over cost of each router for every weight of cost, above the hull of constants. null without frontiers. */
export function frontierPlot(report: RunReport): Markup | null {
  const { rows, leftOut } = plottedRows(report, MOST_ROWS, ({ frontier }) => frontier);
  const constants = drawn(report.constantsFrontier?.points ?? []);
  if (rows.length === 0 || constants.length === 0) return null;
  const all = pointsAndEnds([...constants, ...rows.flatMap(({ found }) => found.points)]);
  // Level beyond the dearest corner: money can be wasted.
  const dearest = all.reduce((most, { cost }) => Math.max(most, cost), 0);
  const dots = constants.map(({ model, ...point }) => ({ ...point, title: `always ${model}: ${told(point)}` }));
  const marks = [
    Plot.line(hullLine(constants, dearest), {
      ...AT,
      stroke: 'var(--muted)',
      strokeWidth: 1.5,
      strokeDasharray: '5 4',
    }),
    ...intervalMarks(constants, 'var(--muted)'),
    Plot.dot(dots, { ...AT, title: 'title', r: 4.5, stroke: 'var(--muted)', strokeWidth: 1.5 }),
    ...rows.flatMap(({ name, colour, found }) => [
      ...intervalMarks(found.points, colour),
      Plot.line(hullLine(found.points, dearest), { ...AT, stroke: colour, strokeWidth: 2 }),
      Plot.dot(
        found.points.map(({ lambda, ...point }) => ({
          ...point,
          title: `${name}, λ = ${Number(lambda.toPrecision(3))}: ${told(point)}`,
        })),
        { ...AT, title: 'title', r: 2.8, fill: colour },
      ),
    ]),
    ...rows.flatMap(({ name, colour, found: { operatingPoint: point } }) =>
      point
        ? [
            Plot.dot([{ ...point, title: `${name}, ${point.target}: ${told(point)}` }], {
              ...AT,
              title: 'title',
              r: 8,
              symbol: 'star',
              fill: colour,
              stroke: 'var(--page)',
              strokeWidth: 1,
            }),
          ]
        : [],
    ),
  ];
  // Those on the hull are named first.
  const named = [...constants]
    .sort((a, b) => Number(a.onHull) - Number(b.onHull))
    .map(({ model, cost, quality }) => ({ cost, quality, label: shorten(model, 26) }));
  const lines = rows.flatMap(({ found }) => hullLine(found.points, dearest));
  const drawing = drawQualityOverCost(FRAME, all, marks, named, lines);
  const chosen = rows.some(({ found }) => found.operatingPoint);
  return figure(drawing, {
    id: 'frontier',
    title: 'What quality costs',
    caption: `Each dot is a router at one cost weight λ; the weights are swept without test labels. The line is what mixing these dots reaches. Open circles always choose one model. The dashed line is their hull: what mixing single models at random reaches. A useful router lies above it.${chosen ? ' Stars mark the point chosen on training data.' : ''}${report.offPolicy ? ` ${ESTIMATES}` : ''}${leftOutText(leftOut)}${notDrawn(constantsTotal(report), constants.length)}`,
    extra: rowLegend(rows, [html`<span class="dash" aria-hidden="true"></span>hull of single models`]),
  });
}

/** Of thousands of models the best, and all on the hull. */
function drawn<T extends CostPoint & { onHull: boolean }>(points: readonly T[]): readonly T[] {
  if (points.length <= MOST_CONSTANTS) return points;
  const best = new Set([...points].sort((a, b) => b.quality - a.quality).slice(0, MOST_CONSTANTS));
  return points.filter((point) => point.onHull || best.has(point));
}

const notDrawn = (total: number, shown: number): string =>
  total > shown ? ` Of ${plural(total, 'single model')} ${shown} are drawn: the best, and all on the hull.` : '';

const told = ({ cost, quality }: CostPoint): string => `${fixed(quality)} at $${dollars(cost)} per 1,000 queries`;

/** The non-decreasing hull from its cheapest corner to a cost. */
function hullLine(points: readonly (CostPoint & { onHull: boolean })[], dearest: number): CostPoint[] {
  const corners = points.filter(({ onHull }) => onHull).sort((a, b) => a.cost - b.cost);
  const last = corners.at(-1);
  if (!last) return [];
  return [...corners, { cost: dearest, quality: last.quality }].flatMap((to, i) => {
    const from = corners[i - 1];
    if (!from) return [to];
    return Array.from({ length: STEPS }, (_, s) => {
      const part = (s + 1) / STEPS;
      return {
        cost: from.cost + part * (to.cost - from.cost),
        quality: from.quality + part * (to.quality - from.quality),
      };
    });
  });
}
