import * as Plot from '@observablehq/plot';
import { fixed, percent } from '@routeprofile/eval/format';
import { plural, type RunReport } from '@routeprofile/schema';
import type { Markup } from '../markup.js';
import { draw, figure, shorten } from './figure.js';
import { leftOutText, plottedRows } from './lines.js';

const MOST_ROWS = 8;
const ACROSS = 4;
const PANEL = 225;

/** Mean score against mean probability, a panel per router. null when no row has calibrated probabilities. */
export function reliabilityPlot(report: RunReport): Markup | null {
  const { rows, leftOut } = plottedRows(report, MOST_ROWS, ({ calibration }) => calibration);
  if (rows.length === 0) return null;
  const across = Math.min(ACROSS, rows.length);
  const down = Math.ceil(rows.length / across);
  const place = (i: number) => ({ fx: i % across, fy: Math.floor(i / across) });
  const bins = rows.flatMap(({ name, found }, i) =>
    found.bins.map(({ from, to, rows: count, meanProbability, meanScore: { value, low, high } }) => ({
      ...place(i),
      probability: meanProbability,
      score: value,
      low,
      high,
      title: `${name}: mean score ${fixed(value)} on ${plural(count, 'row')} with probability ${percent(from)} to ${percent(to)}`,
    })),
  );
  const panels = rows.map(({ name, found }, i) => ({
    ...place(i),
    name: shorten(name, 30),
    title: name,
    ece: `ECE ${fixed(found.ece.value)}`,
  }));
  const diagonals = panels.flatMap(({ fx, fy }) => [0, 1].map((p) => ({ fx, fy, p })));
  const facet = { fx: 'fx', fy: 'fy' } as const;
  const drawing = draw({
    width: 65 + across * (PANEL + 15),
    height: 55 + down * (PANEL + 30),
    marginLeft: 50,
    marginRight: 15,
    marginTop: 30,
    marginBottom: 40,
    fx: { domain: Array.from({ length: across }, (_, i) => i), axis: null, padding: 0.1 },
    fy: { domain: Array.from({ length: down }, (_, i) => i), axis: null, padding: 0.2 },
    x: {
      domain: [0, 1],
      label: 'mean probability',
      labelAnchor: 'center',
      ticks: 5,
      tickFormat: (x: number) => fixed(x, 1),
    },
    y: { domain: [0, 1], label: 'mean score', labelAnchor: 'center', ticks: 5, tickFormat: (y: number) => fixed(y, 1) },
    marks: [
      Plot.gridX({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.line(diagonals, { ...facet, x: 'p', y: 'p', stroke: 'var(--muted)', strokeDasharray: '4 4' }),
      Plot.ruleX(bins, { ...facet, x: 'probability', y1: 'low', y2: 'high', stroke: 'var(--up)', strokeWidth: 1.75 }),
      Plot.dot(bins, { ...facet, x: 'probability', y: 'score', fill: 'var(--up)', r: 4, title: 'title' }),
      Plot.text(panels, {
        ...facet,
        frameAnchor: 'top-left',
        dy: -18,
        text: 'name',
        title: 'title',
        fontWeight: 600,
        fill: 'currentColor',
      }),
      Plot.text(panels, { ...facet, frameAnchor: 'bottom-right', dx: -6, dy: -6, text: 'ece', fill: 'var(--muted)' }),
    ],
  });
  return figure(drawing, {
    id: 'reliability',
    title: 'Are the probabilities right?',
    caption: `Queries in bins of about equal size by the router's probability of being right: on the diagonal the router is calibrated, below it too sure. Whiskers are bootstrap 95 % intervals.${leftOutText(leftOut)}`,
  });
}
