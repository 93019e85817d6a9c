import * as Plot from '@observablehq/plot';
import { plural, type OffPolicy, type RunReport } from '@routeprofile/schema';
import { constantBaselines, MOST_CONSTANTS, rowName } from '@routeprofile/eval';
import { dollars, fixed } from '@routeprofile/eval/format';
import { average, constantsTotal } from '../../view.js';
import { baselineEntries, rowEntries } from '../entries.js';
import type { Markup } from '../markup.js';
import { figure, shorten } from './figure.js';
import {
  AT,
  drawQualityOverCost,
  ESTIMATES,
  intervalMarks,
  pointsAndEnds,
  type Estimated,
} from './quality-over-cost.js';

interface Point extends Estimated {
  kind: 'row' | 'constant' | 'baseline';
  label: string;
  title: string;
}

const FRAME = { width: 900, height: 460, margin: { left: 60, right: 60, bottom: 45 } };

function pointsOf(report: RunReport): Point[] {
  const models = constantsDrawn(report).map(({ model, baseline }) => ({
    kind: 'constant' as const,
    label: shorten(model, 26),
    name: `always ${model}`,
    metrics: baseline.metrics,
  }));
  const others = baselineEntries(report)
    .filter(({ model }) => model === null)
    .map(({ name, metrics }) => ({ kind: 'baseline' as const, label: name, name, metrics }));
  const rows = rowEntries(report).map(({ number, name, metrics }) => ({
    kind: 'row' as const,
    label: String(number),
    name,
    metrics,
  }));
  // Rows come last: they are drawn on top, but choose their label's place first.
  return [...models, ...others, ...rows].flatMap(({ kind, label, name, metrics }) => {
    const cost = metrics['cost_per_1k'];
    const quality = metrics['avg_performance'];
    if (cost == null || quality == null) return [];
    return [{ kind, label, cost, quality, title: `${name}: ${fixed(quality)} at $${dollars(cost)} per 1,000 queries` }];
  });
}

/** What a log tells the cost and the quality of, best-single and the cheapest by the names of their models. */
function estimatedPoints(report: RunReport, { policies }: OffPolicy): Point[] {
  const points = policies.flatMap((policy): Point[] => {
    const { costPer1k: cost, model, seed } = policy;
    const quality = policy.score.dr;
    if (!cost?.known || !quality.known) return [];
    const row = report.rows.find((each) => each.label === policy.name && each.seed === seed);
    const name = row ? rowName(report, row) : model === undefined ? policy.name : `always ${model}`;
    return [
      {
        kind: row ? 'row' : model === undefined ? 'baseline' : 'constant',
        label: shorten(row ? name : (model ?? name), 26),
        title: `${name}: ${fixed(quality.value)} [${fixed(quality.low)}, ${fixed(quality.high)}] at $${dollars(cost.value)} per 1,000 queries`,
        ...{ cost: cost.value, quality: quality.value },
        estimated: { cost: { low: cost.low, high: cost.high }, quality: { low: quality.low, high: quality.high } },
      },
    ];
  });
  const order = ['constant', 'baseline', 'row'];
  // The cheapest model may be the best single one.
  return points
    .filter((point, i) => points.findIndex(({ title }) => title === point.title) === i)
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Of many models the best, and the cheapest. */
function constantsDrawn(report: RunReport) {
  const all = constantBaselines(report);
  if (all.length <= MOST_CONSTANTS) return all;
  const cost = ({ baseline }: (typeof all)[number]) => baseline.metrics['cost_per_1k'] ?? Infinity;
  const best = [...all].sort((a, b) => average(b.baseline) - average(a.baseline) || 0).slice(0, MOST_CONSTANTS - 1);
  const cheapest = all.reduce((a, b) => (cost(b) < cost(a) ? b : a));
  return [...new Set([...best, cheapest])];
}

function notDrawn(report: RunReport): string {
  const total = constantsTotal(report);
  return total > MOST_CONSTANTS
    ? ` Of ${plural(total, 'single model')} the ${MOST_CONSTANTS - 1} best and the cheapest are drawn.`
    : '';
}

/** Quality over cost: rows by number, single models, and other baselines. null when the data hold no costs. */
export function costQualityPlot(report: RunReport): Markup | null {
  const points = report.offPolicy ? estimatedPoints(report, report.offPolicy) : pointsOf(report);
  if (!points.some(({ kind }) => kind === 'row')) return null;
  const of = (kind: Point['kind']) => points.filter((point) => point.kind === kind);
  const dots = [
    ...intervalMarks(points, 'var(--muted)'),
    Plot.dot(of('constant'), {
      ...AT,
      title: 'title',
      r: 4.5,
      stroke: 'var(--muted)',
      strokeWidth: 1.5,
    }),
    Plot.dot(of('baseline'), {
      ...AT,
      title: 'title',
      r: 5,
      fill: 'var(--muted)',
      symbol: 'diamond',
    }),
    Plot.dot(of('row'), { ...AT, title: 'title', r: 5.5, fill: 'var(--up)', fillOpacity: 0.85 }),
  ];
  const named = points.map((point) => ({ ...point, bold: point.kind === 'row' }));
  const drawing = drawQualityOverCost(FRAME, pointsAndEnds(points), dots, named);
  return figure(drawing, {
    id: 'cost-quality',
    title: 'Quality and cost',
    caption: `Blue dots are routers${report.offPolicy ? '' : ', numbered as in the table'}; open circles always choose one model; diamonds are other baselines. Up and to the left is better. Labels that found no room are shown when the pointer rests on a dot.${report.offPolicy ? ` ${ESTIMATES}` : notDrawn(report)}`,
  });
}
