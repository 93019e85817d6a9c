import * as Plot from '@observablehq/plot';
import type { RunReport } from '@routeprofile/schema';
import { percent } from '@routeprofile/eval/format';
import { baselineEntries, numbered, rowEntries, type Entry } from '../entries.js';
import { html, type Markup } from '../markup.js';
import { draw, figure, labelRoom, shorten } from './figure.js';

/** Colours there are; further models share one. */
const COLOURS = 10;
const OTHERS = 'other models';
/** Baselines whose choices are worth seeing; the constants are not. */
const COMPARED = ['task-table', 'knn', 'oracle'];

/** Which share of the queries each model gets, a bar per row. null without rows. */
export function selectionPlot(report: RunReport): Markup | null {
  const entries = [...rowEntries(report), ...baselineEntries(report).filter(({ name }) => COMPARED.includes(name))];
  if (report.rows.length === 0 || report.rowsUsed === 0) return null;
  const shown = mostChosen(report.candidates, entries);
  const lines = entries.map((entry) => shorten(numbered(entry)));
  const groups = [...shown, ...(shown.length < report.candidates.length ? [OTHERS] : [])];
  const bars = groups.map((group, g) => ({
    fill: group === OTHERS && g >= shown.length ? 'var(--others)' : `var(--model-${g})`,
    data: entries.map((entry, i) => {
      const before = shown.slice(0, g).reduce((sum, model) => sum + (entry.selection[model] ?? 0), 0);
      const share = g < shown.length ? (entry.selection[group] ?? 0) : 1 - before;
      return {
        y: lines[i]!,
        from: before,
        to: before + share,
        title: `${entry.name}: ${percent(share, 1)} to ${group}`,
      };
    }),
  }));
  const drawing = draw({
    width: labelRoom(lines) + 640,
    height: 50 + 26 * lines.length,
    marginLeft: labelRoom(lines),
    marginRight: 30,
    marginBottom: 30,
    x: { domain: [0, 1], label: null, tickFormat: (x: number) => percent(x), ticks: 5 },
    y: { domain: lines, label: null, tickSize: 0 },
    marks: bars.map(({ data, fill }) =>
      Plot.barX(
        data.filter(({ from, to }) => to - from > 1e-9),
        {
          y: 'y',
          x1: 'from',
          x2: 'to',
          fill,
          stroke: 'var(--page)',
          strokeWidth: 0.7,
          title: 'title',
          insetTop: 2,
          insetBottom: 2,
        },
      ),
    ),
  });
  return figure(drawing, {
    id: 'selection',
    title: 'Which models are chosen',
    caption:
      'Share of the test queries that each model gets. A bar of one colour always chooses one model. Where several models are equally good, the oracle takes the first.',
    extra: legend(
      groups,
      bars.map(({ fill }) => fill),
    ),
  });
}

/** The models that some entry uses most, in the order of the candidates. */
function mostChosen(candidates: readonly string[], entries: readonly Entry[]): string[] {
  if (candidates.length <= COLOURS) return [...candidates];
  const peak = (model: string) => Math.max(...entries.map(({ selection }) => selection[model] ?? 0));
  const kept = new Set([...candidates].sort((a, b) => peak(b) - peak(a)).slice(0, COLOURS));
  return candidates.filter((model) => kept.has(model));
}

const legend = (names: readonly string[], colours: readonly string[]): Markup =>
  html`<ul class="legend">
    ${names.map((name, i) => html`<li><span class="swatch" style="background: ${colours[i]!}" aria-hidden="true"></span>${name}</li>`)}
  </ul>`;
