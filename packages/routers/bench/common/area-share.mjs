/** The points with more quality than every mix of cheaper and dearer ones, by rising cost. */
export function upperHull(points) {
  const hull = [];
  for (const p of [...points].sort((a, b) => a.cost - b.cost || b.quality - a.quality)) {
    if (hull.length > 0 && p.quality <= hull[hull.length - 1].quality) continue;
    while (hull.length > 1) {
      const [a, b] = hull.slice(-2);
      if ((b.quality - a.quality) * (p.cost - a.cost) > (p.quality - a.quality) * (b.cost - a.cost)) break;
      hull.pop();
    }
    hull.push(p);
  }
  return hull;
}

/** Mean height of the upper hull over a range of costs; beyond its last point it is flat, before its first it is 0. */
export function areaShare(points, from, to) {
  const hull = upperHull(points);
  let area = Math.max(0, to - Math.max(from, hull[hull.length - 1].cost)) * hull[hull.length - 1].quality;
  for (let i = 1; i < hull.length; i++) {
    const [a, b] = [hull[i - 1], hull[i]];
    const [left, right] = [Math.max(from, a.cost), Math.min(to, b.cost)];
    const at = (x) => a.quality + ((x - a.cost) / (b.cost - a.cost)) * (b.quality - a.quality);
    if (right > left) area += ((at(left) + at(right)) / 2) * (right - left);
  }
  return area / (to - from);
}
