import * as Plot from '@observablehq/plot';
import type { RunReport } from '@routeprofile/schema';
import { fixed, percent } from '@routeprofile/eval/format';
import type { Markup } from '../markup.js';
import { draw, figure } from './figure.js';
import { leftOutText, plottedRows, rowLegend } from './lines.js';

const MOST_ROWS = 10;

/** Risk of the rows a router is surest of, against how many these are. null when no row says how sure it is. */
export function riskCoveragePlot(report: RunReport): Markup | null {
  const { rows, leftOut } = plottedRows(report, MOST_ROWS, ({ riskCoverage }) => riskCoverage);
  if (rows.length === 0) return null;
  const at = { x: 'coverage', y: 'risk' } as const;
  const drawing = draw({
    width: 900,
    height: 380,
    marginLeft: 60,
    marginRight: 30,
    marginBottom: 45,
    x: {
      domain: [0, 1],
      label: 'share of the queries answered, surest first',
      labelAnchor: 'center',
      ticks: 10,
      tickFormat: (x: number) => percent(x),
    },
    y: {
      label: 'risk: 1 − score',
      labelAnchor: 'center',
      zero: true,
      nice: true,
      tickFormat: (y: number) => fixed(y, 2),
    },
    marks: [
      Plot.gridX({ ticks: 10, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 }),
      ...rows.flatMap(({ name, colour, found: { points, random } }) => [
        Plot.line(
          [
            { coverage: 0, risk: random },
            { coverage: 1, risk: random },
          ],
          { ...at, stroke: colour, strokeWidth: 1.25, strokeDasharray: '3 5' },
        ),
        Plot.line(points, { ...at, stroke: colour, strokeWidth: 2.25 }),
        Plot.dot(
          points.map((point) => ({
            ...point,
            title: `${name}: risk ${fixed(point.risk)} on the surest ${percent(point.coverage)}`,
          })),
          { ...at, title: 'title', r: 2.5, fill: colour },
        ),
      ]),
    ],
  });
  return figure(drawing, {
    id: 'risk-coverage',
    title: 'Is it right where it is sure?',
    caption: `Risk (1 − score) when only the queries that the router is surest of are answered. A line that rises to the right tells right from wrong; random order gives the dotted level.${leftOutText(leftOut)}`,
    extra: rowLegend(rows),
  });
}
