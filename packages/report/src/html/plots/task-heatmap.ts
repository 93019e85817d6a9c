import * as Plot from '@observablehq/plot';
import { plural, type RunReport } from '@routeprofile/schema';
import { fixed, signed } from '@routeprofile/eval/format';
import { baselineEntries, numbered, rowEntries } from '../entries.js';
import type { Markup } from '../markup.js';
import { draw, figure, labelRoom, shorten } from './figure.js';

/** Differences of this size and more have the full colour, unless larger ones occur. */
const SMALLEST_SCALE = 0.1;

/** Columns at most. */
const MOST_TASKS = 40;

/** The tasks with most rows, in their order. */
function largest(rowsOf: RunReport['tasks']): string[] {
  const all = Object.keys(rowsOf);
  const kept = new Set([...all].sort((a, b) => rowsOf[b]! - rowsOf[a]!).slice(0, MOST_TASKS));
  return all.filter((task) => kept.has(task));
}

/** Average performance of each row and baseline on each task, coloured by its difference to best-single. null without tasks. */
export function taskHeatmap(report: RunReport): Markup | null {
  const all = Object.keys(report.tasks);
  const tasks = largest(report.tasks);
  if (tasks.length === 0 || report.rows.length === 0) return null;
  const entries = [...rowEntries(report), ...baselineEntries(report)];
  const single = report.baselines['best-single']?.perTask ?? {};
  const columns = new Map(tasks.map((task, t) => [task, `${t + 1} ${shorten(task, 20)}`]));
  const lines = entries.map((entry) => shorten(numbered(entry)));
  const cells = entries.flatMap((entry, i) =>
    tasks.flatMap((task) => {
      const value = entry.perTask[task]?.['avg_performance'];
      if (value == null) return [];
      const difference = value - (single[task]?.['avg_performance'] ?? value);
      const title = `${entry.name} on ${task} (${report.tasks[task]} rows): ${fixed(value)}, ${signed(difference)} against best-single`;
      return [{ x: columns.get(task)!, y: lines[i]!, value: fixed(value, 2), difference, title }];
    }),
  );
  const scale = Math.max(SMALLEST_SCALE, ...cells.map(({ difference }) => Math.abs(difference)));
  const room = labelRoom([...columns.values()]);
  const side = (sign: 1 | -1, fill: string) =>
    Plot.cell(
      cells.filter(({ difference }) => difference * sign > 0),
      {
        x: 'x',
        y: 'y',
        fill,
        fillOpacity: ({ difference }: { difference: number }) => 0.75 * (Math.abs(difference) / scale),
      },
    );
  const drawing = draw({
    width: labelRoom(lines) + 56 * tasks.length + room * 0.75,
    height: room * 0.72 + 28 * lines.length + 10,
    marginTop: room * 0.72,
    marginLeft: labelRoom(lines),
    marginRight: room * 0.75,
    marginBottom: 10,
    x: { domain: [...columns.values()], axis: 'top', label: null, tickRotate: -40, tickSize: 0 },
    y: { domain: lines, label: null, tickSize: 0 },
    opacity: { domain: [0, 1], range: [0, 1] },
    marks: [
      Plot.cell(cells, { x: 'x', y: 'y', stroke: 'var(--line)', fill: 'none' }),
      side(1, 'var(--up)'),
      side(-1, 'var(--down)'),
      Plot.text(cells, { x: 'x', y: 'y', text: 'value', title: 'title', fill: 'currentColor' }),
      ...(report.rows.length < lines.length
        ? [
            Plot.ruleY([lines[report.rows.length]!], {
              y: (y: string) => y,
              dy: -14,
              stroke: 'currentColor',
              strokeOpacity: 0.5,
            }),
          ]
        : []),
    ],
  });
  return figure(drawing, {
    id: 'tasks',
    title: 'Where routing pays: performance per task',
    caption: `Average performance on each task. Blue is above best-single on that task, orange below; the full colour means a difference of ${fixed(scale, 2)}.${all.length > tasks.length ? ` Of ${plural(all.length, 'task')} the ${tasks.length} with most test rows are drawn; report.json has all.` : ''}`,
  });
}
