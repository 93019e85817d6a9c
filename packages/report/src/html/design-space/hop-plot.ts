import * as Plot from '@observablehq/plot';
import type { RunReport } from '@routeprofile/schema';
import { PAPER_ROUTERS, type PaperProfile, type ScenarioTables } from '@routeprofile/eval';
import { fixed } from '@routeprofile/eval/format';
import { title } from '../../design-space/words.js';
import { html, type Markup } from '../markup.js';
import { draw, figure } from '../plots/figure.js';
import { COLOURS, lineOf, placePoints, plotLegend, withEnds, withGaps, type PlacePoint } from './points.js';

/** Pixels that keep profiles apart at the same depth. */
const SHIFT: Readonly<Record<PaperProfile, number>> = {
  index: -6,
  flat: 6,
  'text-gnn': -7,
  'emb-gnn': 0,
  'trainable-gnn': 7,
};
const PROFILES = Object.keys(SHIFT) as PaperProfile[];

const unmeasured = (like: PlacePoint, hops: number): PlacePoint => ({ ...like, hops, value: NaN });

/** Average performance against hops, a panel per router, a line per profile, the paper's dashed. null when nothing was measured. */
export function hopPlot({ main }: ScenarioTables, report: RunReport, id: string): Markup | null {
  const { ours, paper } = placePoints(main.rows, report);
  if (ours.length === 0) return null;
  const single = report.baselines['best-single']?.metrics['avg_performance'];
  const drawing = draw({
    width: 980,
    height: 380,
    marginLeft: 55,
    marginRight: 15,
    marginBottom: 42,
    fx: { domain: PAPER_ROUTERS.map(title), label: null, padding: 0.06 },
    x: { domain: [-0.3, 4.3], ticks: [0, 1, 2, 3, 4], tickFormat: String, label: 'hops', labelAnchor: 'center' },
    y: { label: 'average performance', labelAnchor: 'center', nice: true, tickFormat: (y: number) => fixed(y, 2) },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 }),
      ...(single == null ? [] : [Plot.ruleY([single], { stroke: 'currentColor', strokeOpacity: 0.7 })]),
      ...PROFILES.flatMap((profile) => {
        const own = ours.filter((point) => point.profile === profile);
        const theirs = paper.filter((point) => point.profile === profile);
        const at = { fx: 'router', x: 'hops', dx: SHIFT[profile] };
        const colour = COLOURS[profile];
        return [
          Plot.line(theirs, { ...at, y: 'value', z: lineOf, stroke: colour, strokeWidth: 1.5, strokeDasharray: '3 4' }),
          Plot.dot(theirs, { ...at, y: 'value', r: 3, stroke: colour, fill: 'var(--page)', title: 'title' }),
          Plot.ruleX(withEnds(own), { ...at, y1: 'low', y2: 'high', stroke: colour, strokeOpacity: 0.45 }),
          Plot.line(withGaps(own, lineOf, unmeasured), {
            ...at,
            y: 'value',
            z: lineOf,
            stroke: colour,
            strokeWidth: 2.25,
          }),
          Plot.dot(own, { ...at, y: 'value', r: 4.5, fill: colour, title: 'title' }),
        ];
      }),
    ],
  });
  return figure(drawing, {
    id: `${id}-hops`,
    title: 'Does looking further help?',
    caption:
      "Average performance against the hops of the profile. Whiskers: the 95 % interval of the difference from best-single, drawn from its line, so that a whisker which touches the line means no clear difference. Rows for variants are in the table only. The paper's lines are of its own rows and labels.",
    extra: plotLegend(
      PROFILES,
      report,
      html`<span class="line" aria-hidden="true"></span>`,
      html`<span class="line dashed" aria-hidden="true"></span>`,
    ),
  });
}
