import { kMeans, rowDots } from '@routeprofile/numerics';
import {
  artifactArray,
  createMatrix,
  createRandom,
  normalizeRows,
  rowOf,
  routerManifestSchema,
  takeRows,
  z,
  type Matrix,
  type RouterArtifact,
} from '@routeprofile/schema';
import { packedMembers, weightsOfMember } from '../common/stacking-artifact.js';
import { centred } from '../knn/memory.js';
import { withPrefix } from '../wrappers/wrap-strategy.js';

/**
 * How far each query lies from those that a router was trained on: 1 − cosine to the nearest of their clusters, from 0 to 2.
 * @param vectors [queries × dimensions], by the router's encoder
 */
export type QueryDistance = (vectors: Matrix) => Float64Array;

/** Training queries of a `knn` that are put in clusters at most, and clusters: what a look at one query costs. */
const MOST_QUERIES = 1_000;
const MOST_CLUSTERS = 16;

const insideSchema = z.union([z.object({ router: routerManifestSchema }), z.object({ manifests: packedMembers })]);

/** The routers inside a saved one that are made of no others. */
function innermost({ manifest, weights }: RouterArtifact): RouterArtifact[] {
  const inside = insideSchema.safeParse(manifest.state).data;
  if (inside === undefined) return [{ manifest, weights }];
  const held =
    'router' in inside
      ? [{ manifest: inside.router, weights: withPrefix('router', weights) }]
      : inside.manifests.map((own, i) => ({ manifest: own, weights: weightsOfMember(i, weights) }));
  return held.flatMap(innermost);
}

/** Where training queries lie. */
interface Landmarks {
  /** Is taken from every vector first; absent where none is. */
  centre?: Float32Array;
  /** [places × dimensions], unit rows. */
  rows: Matrix;
}

function landmarksOf(artifact: RouterArtifact): Landmarks | undefined {
  const { strategy, dimensions } = artifact.manifest;
  if (dimensions === null) return undefined;
  const named = (name: string) => {
    const { data, shape } = artifactArray(artifact, name, [undefined, dimensions]);
    return createMatrix(shape[0]!, dimensions, data);
  };
  if (strategy === 'cluster') return { rows: named('centres') };
  if (strategy !== 'knn') return undefined;
  const queries = named('queries');
  const random = createRandom(0, 'query-distance');
  const all = Int32Array.from({ length: queries.rows }, (_, q) => q);
  const drawn = takeRows(queries, queries.rows > MOST_QUERIES ? random.sample([...all], MOST_QUERIES) : all);
  const clusters = Math.min(MOST_CLUSTERS, Math.ceil(Math.sqrt(drawn.rows)));
  return { centre: rowOf(named('centre'), 0), rows: kMeans(drawn, clusters, random, {}).centres };
}

/**
 * Measures how far queries lie from those that a saved router was trained on, as far as it keeps them: `cluster` keeps the centres of its clusters,
 * `knn` its training queries, of which at most 1,000 are put in at most 16 clusters here. Of routers made of others, the first inside that
 * keeps any counts. A look at one query of 512 numbers takes some 15 µs.
 * @returns undefined for a router that keeps none
 * @throws RouteProfileError CORRUPT_FILE
 */
export function savedQueryDistance(artifact: RouterArtifact): QueryDistance | undefined {
  let landmarks: Landmarks | undefined;
  for (const own of innermost(artifact)) landmarks ??= landmarksOf(own);
  if (landmarks === undefined) return undefined;
  const { centre, rows } = landmarks;
  const cosines = new Float64Array(rows.rows);
  return (vectors) => {
    const unit = centre ? centred(vectors, centre) : normalizeRows(vectors);
    return Float64Array.from({ length: unit.rows }, (_, q) => {
      rowDots(rows, rowOf(unit, q), cosines);
      return 1 - cosines.reduce((most, cosine) => Math.max(most, cosine), -1);
    });
  };
}
