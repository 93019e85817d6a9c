/** A policy by its mean cost and mean score. */
export interface Point {
  cost: number;
  quality: number;
}

/**
 * The non-decreasing upper hull of policies in the plane of cost and quality: the corners of what mixing them at random can
 * reach at each cost, where money may also be wasted. RouterBench (arXiv 2403.12031), section 3.
 *
 * @returns indices of the corners by rising cost, which is by rising quality as well
 */
export function upperHull(points: readonly Point[]): number[] {
  const order = [...points.keys()].sort(
    (i, j) => points[i]!.cost - points[j]!.cost || points[j]!.quality - points[i]!.quality || i - j,
  );
  const hull: number[] = [];
  for (const index of order) {
    const next = points[index]!;
    const last = points[hull.at(-1) ?? -1];
    if (last && next.quality <= last.quality) continue;
    while (hull.length >= 2 && !liesAbove(points[hull.at(-1)!]!, points[hull.at(-2)!]!, next)) hull.pop();
    hull.push(index);
  }
  return hull;
}

/** Is the point strictly above the line from `left` to `right`? */
const liesAbove = (point: Point, left: Point, right: Point): boolean =>
  (point.quality - left.quality) * (right.cost - left.cost) > (right.quality - left.quality) * (point.cost - left.cost);

/** Not answering at all: what RouterBench calls the null router. */
const NOTHING: Point = { cost: 0, quality: 0 };

/** The quality of a hull at a cost: on lines between corners, level beyond the dearest. @param cost not below the first corner's */
function qualityAt(hull: readonly Point[], cost: number): number {
  const right = hull.findIndex((corner) => corner.cost >= cost);
  if (right === -1) return hull.at(-1)!.quality;
  const to = hull[right]!;
  const from = hull[right - 1];
  if (!from || to.cost === cost) return to.quality;
  return from.quality + ((to.quality - from.quality) * (cost - from.cost)) / (to.cost - from.cost);
}

/**
 * AIQ: the mean quality, over a range of costs, of the hull of the points and of not answering at all (no cost, score 0), so
 * that policies which cannot be cheap are mixed with nothing where the range is cheaper than they are. Where the range is a
 * single cost, the quality there.
 */
export function averageQuality(points: readonly Point[], from: number, to: number): number {
  const all = [...points, NOTHING];
  const hull = upperHull(all).map((index) => all[index]!);
  if (!(to > from)) return qualityAt(hull, from);
  const stops = [from, ...hull.map(({ cost }) => cost).filter((cost) => cost > from && cost < to), to];
  let area = 0;
  for (let i = 1; i < stops.length; i++)
    area += ((stops[i]! - stops[i - 1]!) * (qualityAt(hull, stops[i - 1]!) + qualityAt(hull, stops[i]!))) / 2;
  return area / (to - from);
}

/** The lowest cost at which the hull has the quality; null when it never has. */
export function costToReach(hull: readonly Point[], quality: number): number | null {
  const right = hull.findIndex((corner) => corner.quality >= quality);
  if (right === -1) return null;
  const to = hull[right]!;
  const from = hull[right - 1];
  if (!from) return to.cost;
  return from.cost + ((to.cost - from.cost) * (quality - from.quality)) / (to.quality - from.quality);
}
