import * as Plot from '@observablehq/plot';
import { measured, PAPER_ROUTERS, type PaperProfile, type ScenarioTables } from '@routeprofile/eval';
import { fixed } from '@routeprofile/eval/format';
import { title } from '../../design-space/words.js';
import { html, type Markup } from '../markup.js';
import { draw, figure } from '../plots/figure.js';
import { COLOURS, withGaps } from './points.js';

interface CosinePoint {
  profile: PaperProfile;
  variant: string;
  hops: number;
  cosine: number;
  title: string;
}

const broken = (points: readonly CosinePoint[]): CosinePoint[] =>
  withGaps(
    points,
    ({ variant }) => variant,
    (like, hops) => ({ ...like, hops, cosine: NaN }),
  );

/** How alike the profiles of the models are, against hops. null when no profile tells. */
export function cosinePlot({ main }: ScenarioTables, id: string): Markup | null {
  const points = main.rows.flatMap(({ profile, hops, variant, cells }): CosinePoint[] => {
    const cosine = PAPER_ROUTERS.map((router) => measured(cells[router])?.meanCosine ?? null).find((c) => c !== null);
    if (cosine == null) return [];
    const name = [title(profile), variant].filter((part) => part !== '').join(' ');
    return [{ profile, variant, hops: hops ?? 0, cosine, title: `${name}, ${hops ?? 0} hops: ${fixed(cosine)}` }];
  });
  if (points.length === 0) return null;
  const profiles = (Object.keys(COLOURS) as PaperProfile[]).filter((name) => points.some((p) => p.profile === name));
  const variants = points.some(({ variant }) => variant !== '');
  const lowest = Math.min(0, ...points.map(({ cosine }) => cosine));
  const drawing = draw({
    width: 620,
    height: 320,
    marginLeft: 55,
    marginRight: 20,
    marginBottom: 42,
    x: { domain: [-0.3, 4.3], ticks: [0, 1, 2, 3, 4], tickFormat: String, label: 'hops', labelAnchor: 'center' },
    y: {
      domain: [lowest, 1],
      label: 'mean pairwise cosine',
      labelAnchor: 'center',
      tickFormat: (y: number) => fixed(y, 1),
    },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1 }),
      ...profiles.flatMap((profile) => {
        const own = points.filter((point) => point.profile === profile);
        const usual = own.filter(({ variant }) => variant === '');
        const others = own.filter(({ variant }) => variant !== '');
        const at = { x: 'hops', y: 'cosine', stroke: COLOURS[profile] };
        return [
          Plot.line(broken(others), { ...at, z: 'variant', strokeWidth: 1.5, strokeDasharray: '3 4' }),
          Plot.dot(others, { ...at, r: 4, fill: 'var(--page)', title: 'title' }),
          Plot.line(broken(usual), { ...at, strokeWidth: 2.25 }),
          Plot.dot(usual, { ...at, r: 4.5, fill: COLOURS[profile], title: 'title' }),
        ];
      }),
    ],
  });
  return figure(drawing, {
    id: `${id}-cosine`,
    title: 'Can the models still be told apart?',
    caption: `Mean pairwise cosine of the models' profiles on the graph ${main.graph}: at 1 they are all the same, and no router can tell them apart.${variants ? ' Hollow and dashed: variants, such as compat.' : ''}`,
    extra: html`<ul class="legend">
      ${profiles.map(
        (profile) =>
          html`<li>
            <span class="swatch" style="background: ${COLOURS[profile]}" aria-hidden="true"></span>${title(profile)}
          </li>`,
      )}
    </ul>`,
  });
}
