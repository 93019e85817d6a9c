import * as Plot from '@observablehq/plot';
import type { RunReport } from '@routeprofile/schema';
import { PAPER_GRAPHS, PAPER_ROUTERS, type PaperProfile, type ScenarioTables } from '@routeprofile/eval';
import { fixed } from '@routeprofile/eval/format';
import { title } from '../../design-space/words.js';
import { html, type Markup } from '../markup.js';
import { draw, figure, labelRoom } from '../plots/figure.js';
import { COLOURS, placePoints, plotLegend, withEnds } from './points.js';

/** Pixels that keep profiles apart on the same graph. */
const SHIFT = { flat: -15, 'text-gnn': 0, 'emb-gnn': 15 } as const satisfies Partial<Record<PaperProfile, number>>;
const PROFILES = Object.keys(SHIFT) as (keyof typeof SHIFT)[];

/** Average performance on each graph, a panel per router, a dot per profile, the paper's hollow. null when nothing was measured. */
export function sourcePlot({ sources }: ScenarioTables, report: RunReport, id: string): Markup | null {
  const { ours, paper } = placePoints(sources.rows, report);
  if (ours.length === 0) return null;
  const single = report.baselines['best-single']?.metrics['avg_performance'];
  const room = labelRoom(PAPER_GRAPHS);
  const drawing = draw({
    width: 980,
    height: 60 + 62 * PAPER_GRAPHS.length,
    marginLeft: room,
    marginRight: 20,
    marginBottom: 42,
    fx: { domain: PAPER_ROUTERS.map(title), label: null, padding: 0.06 },
    x: {
      label: 'average performance',
      labelAnchor: 'center',
      nice: true,
      ticks: 4,
      tickFormat: (x: number) => fixed(x, 2),
    },
    y: { domain: [...PAPER_GRAPHS], label: null, tickSize: 0 },
    marks: [
      Plot.gridX({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      ...(single == null ? [] : [Plot.ruleX([single], { stroke: 'currentColor', strokeOpacity: 0.7 })]),
      ...PROFILES.flatMap((profile) => {
        const own = ours.filter((point) => point.profile === profile);
        const theirs = paper.filter((point) => point.profile === profile);
        const at = { fx: 'router', y: 'graph', dy: SHIFT[profile] };
        const colour = COLOURS[profile];
        return [
          Plot.ruleY(withEnds(own), {
            ...at,
            x1: 'low',
            x2: 'high',
            stroke: colour,
            strokeOpacity: 0.45,
            strokeWidth: 2,
          }),
          Plot.dot(own, { ...at, x: 'value', r: 4.5, fill: colour, title: 'title' }),
          Plot.dot(theirs, {
            ...at,
            x: 'value',
            r: 4,
            stroke: colour,
            strokeWidth: 1.5,
            fill: 'none',
            title: 'title',
          }),
        ];
      }),
    ],
  });
  return figure(drawing, {
    id: `${id}-graphs`,
    title: 'Which data help?',
    caption:
      'Average performance by what the graph is made of; text-GNN and emb-GNN with 2 hops. Bars: the 95 % interval of the difference from best-single, drawn from its line.',
    extra: plotLegend(
      PROFILES,
      report,
      html`<span class="swatch round" aria-hidden="true"></span>`,
      html`<span class="swatch round hollow" aria-hidden="true"></span>`,
    ),
  });
}
