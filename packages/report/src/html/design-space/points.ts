import type { RunReport } from '@routeprofile/schema';
import { PAPER_ROUTERS, type PaperProfile, type SpaceCell, type TableRow } from '@routeprofile/eval';
import { fixed, interval } from '@routeprofile/eval/format';
import { hopsText, title } from '../../design-space/words.js';
import { html, type Markup } from '../markup.js';

export const COLOURS: Readonly<Record<PaperProfile, string>> = {
  index: 'var(--others)',
  flat: 'var(--model-6)',
  'text-gnn': 'var(--model-0)',
  'emb-gnn': 'var(--model-2)',
  'trainable-gnn': 'var(--model-4)',
};

/** A place of a table as the plots show it. */
export interface PlacePoint {
  profile: PaperProfile;
  /** The panel it is drawn in. */
  router: string;
  hops: number;
  graph: string;
  value: number;
  /** Best-single with the interval of the difference added; absent without an interval, and for the paper. */
  low?: number;
  high?: number;
  title: string;
}

/** Ours and the paper's, of the rows with the usual options. A profile without hops stands at 0. */
export function placePoints(rows: readonly TableRow[], report: RunReport): { ours: PlacePoint[]; paper: PlacePoint[] } {
  const single = report.baselines['best-single']?.metrics['avg_performance'] ?? null;
  const places = rows
    .filter(({ variant }) => variant === '')
    .flatMap(({ profile, hops, graph, cells }) =>
      PAPER_ROUTERS.map((router) => ({
        at: { profile, router: title(router), hops: hops ?? 0, graph: graph ?? '' },
        name: [title(profile), hopsText(hops), '×', title(router)].filter((part) => part !== '').join(' '),
        ...cells[router],
      })),
    );
  return {
    ours: places.flatMap(({ at, name, ours }) => {
      if (ours.state !== 'measured' || ours.cell.average === null) return [];
      const range = ends(ours.cell, single);
      return [{ ...at, value: ours.cell.average, ...range, title: `${name}: ${oursText(ours.cell)}` }];
    }),
    paper: places.map(({ at, name, paper }) => ({
      ...at,
      value: paper.value,
      title: `${name} in the paper: ${fixed(paper.value)}`,
    })),
  };
}

const ends = ({ interval: found }: SpaceCell, single: number | null) =>
  found === null || single === null ? {} : { low: single + found.low, high: single + found.high };

const oursText = (cell: SpaceCell): string =>
  `${fixed(cell.average)}${cell.interval ? `, ${interval(cell.interval)} against best-single` : ''}`;

/** Points that a solid or dashed line of one profile in one panel runs through. */
export const lineOf = (point: PlacePoint): string => `${point.profile} ${point.router}`;

/** The points of each line in order of depth, with unmeasured ones between: those break the line. */
export function withGaps<P extends { hops: number }>(
  points: readonly P[],
  lineOfPoint: (point: P) => string,
  unmeasured: (like: P, hops: number) => P,
): P[] {
  return [...new Set(points.map(lineOfPoint))].flatMap((line) => {
    const own = points.filter((point) => lineOfPoint(point) === line);
    const deepest = Math.max(...own.map(({ hops }) => hops));
    return Array.from(
      { length: deepest + 1 },
      (_, hops) => own.find((point) => point.hops === hops) ?? unmeasured(own[0]!, hops),
    );
  });
}

export const withEnds = (points: readonly PlacePoint[]) =>
  points.filter(({ low, high }) => low !== undefined && high !== undefined);

/** Profiles by colour; ours and the paper's by line; the reference line. */
export function plotLegend(profiles: readonly PaperProfile[], report: RunReport, ours: Markup, paper: Markup): Markup {
  const single = report.baselines['best-single'];
  return html`<ul class="legend">
    ${profiles.map(
      (profile) =>
        html`<li>
          <span class="swatch" style="background: ${COLOURS[profile]}" aria-hidden="true"></span>${title(profile)}
        </li>`,
    )}
    <li>${ours} ours</li>
    <li>${paper} paper</li>
    ${single?.model === undefined ? null : html`<li>thin line: best-single here, ${single.model}</li>`}
  </ul>`;
}
