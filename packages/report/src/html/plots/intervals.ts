import * as Plot from '@observablehq/plot';
import type { RunReport } from '@routeprofile/schema';
import { fixed, interval, signed } from '@routeprofile/eval/format';
import { numbered, rowEntries } from '../entries.js';
import type { Markup } from '../markup.js';
import { draw, figure, labelRoom, shorten } from './figure.js';
import { scoreDomain, tickDigits, TICKS } from './score-axis.js';

const COLOURS = { above: 'var(--up)', below: 'var(--down)', unclear: 'var(--muted)' };

/** Half the width of the axis where every difference and interval is 0. */
const FLAT = 0.02;

/** One line per row: the difference of its average to best-single's, and where 95 % of the resamples lie. null without intervals. */
export function intervalPlot(report: RunReport): Markup | null {
  const marks = rowEntries(report).flatMap((entry) => {
    const found = entry.intervals['avg_performance'];
    if (!found) return [];
    const side: keyof typeof COLOURS = found.low > 0 ? 'above' : found.high < 0 ? 'below' : 'unclear';
    const title = `${entry.name}: ${fixed(entry.metrics['avg_performance'])}, ${interval(found)}`;
    return [{ ...found, y: shorten(numbered(entry)), side, title }];
  });
  if (marks.length === 0) return null;
  const labels = marks.map(({ y }) => y);
  const ends = [0, ...marks.flatMap(({ low, high }) => [low, high])];
  // Rows that all score as the best single model does have no width of their own.
  const domain = scoreDomain(ends.some((end) => end !== 0) ? ends : [-FLAT, FLAT]);
  const digits = tickDigits(domain);
  const drawing = draw({
    width: labelRoom(labels) + 640,
    height: 60 + 26 * marks.length,
    marginLeft: labelRoom(labels),
    marginRight: 30,
    marginBottom: 40,
    x: {
      label: 'average performance − best-single',
      labelAnchor: 'center',
      tickFormat: (x: number) => signed(x, digits),
      ticks: TICKS,
      nice: true,
      domain,
    },
    y: { label: null, domain: labels, tickSize: 0 },
    marks: [
      Plot.gridX({ ticks: TICKS, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.ruleX([0], { stroke: 'currentColor' }),
      ...(['above', 'unclear', 'below'] as const).flatMap((side) => {
        const data = marks.filter((mark) => mark.side === side);
        return [
          Plot.ruleY(data, {
            y: 'y',
            x1: 'low',
            x2: 'high',
            stroke: COLOURS[side],
            strokeWidth: 2.5,
            strokeLinecap: 'round',
          }),
          Plot.dot(data, { y: 'y', x: 'difference', fill: COLOURS[side], r: 5, title: 'title' }),
        ];
      }),
    ],
  });
  const against = report.baselines['best-single']?.model;
  const single =
    against === undefined
      ? 'best-single'
      : `always choosing ${against}, the best single model on training data (best-single)`;
  return figure(drawing, {
    id: 'intervals',
    title: 'How much better than one model?',
    caption: `Each row's average minus that of ${single}: a dot, with its paired bootstrap 95 % interval. Blue lies wholly above 0, orange wholly below; grey crosses 0.`,
  });
}
