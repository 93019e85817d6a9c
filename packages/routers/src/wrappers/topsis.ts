/**
 * Alternatives by criteria, of which more is better or, where `less` says so, worse. Shape of `values`: [alternatives × criteria],
 * all finite.
 */
export interface Alternatives {
  values: readonly Float64Array[];
  less: readonly boolean[];
}

/** Whether a is no worse than b in any criterion, and better in one. */
function dominates(a: Float64Array, b: Float64Array, less: readonly boolean[]): boolean {
  let better = false;
  for (let c = 0; c < less.length; c++) {
    const lead = less[c] ? b[c]! - a[c]! : a[c]! - b[c]!;
    if (lead < 0) return false;
    if (lead > 0) better = true;
  }
  return better;
}

/**
 * For each alternative the index of one that dominates it and is itself not dominated, or −1: those with −1 are the non-dominated set. Alternatives that
 * are equal in all criteria dominate neither each other nor fewer others.
 */
export function dominators({ values, less }: Alternatives): Int32Array {
  // Who dominates comes before in the order by first, second, … criterion; so the set found so far is all there is to compare with.
  const order = [...values.keys()].sort((a, b) => {
    for (let c = 0; c < less.length; c++) {
      const lead = less[c] ? values[a]![c]! - values[b]![c]! : values[b]![c]! - values[a]![c]!;
      if (lead !== 0) return lead;
    }
    return a - b;
  });
  const out = new Int32Array(values.length).fill(-1);
  const front: number[] = [];
  for (const i of order) {
    out[i] = front.find((j) => dominates(values[j]!, values[i]!, less)) ?? -1;
    if (out[i] === -1) front.push(i);
  }
  return out;
}

/**
 * TOPSIS (Hwang and Yoon, Multiple Attribute Decision Making, 1981): closeness d⁻ / (d⁺ + d⁻) in [0, 1] of each alternative, where d⁺ and
 * d⁻ are the Euclidean distances to the ideal and to its opposite, the best and the worst of each criterion, after each criterion
 * is divided by its length over the alternatives and multiplied by its weight. Where all weighted criteria are equal, it is 1.
 *
 * @param weights one per criterion, at least 0, some above 0; only their ratios count
 */
export function closeness({ values, less }: Alternatives, weights: ArrayLike<number>): Float64Array {
  const total = Array.from(weights).reduce((a, b) => a + b, 0);
  const up = new Float64Array(values.length);
  const down = new Float64Array(values.length);
  less.forEach((lessIsBetter, c) => {
    const column = Float64Array.from(values, (row) => row[c]!);
    const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));
    if (length === 0) return;
    const [low, high] = [column.reduce((a, b) => Math.min(a, b)), column.reduce((a, b) => Math.max(a, b))];
    const [best, worst] = lessIsBetter ? [low, high] : [high, low];
    const scale = weights[c]! / total / length;
    column.forEach((value, i) => {
      up[i]! += ((value - best) * scale) ** 2;
      down[i]! += ((value - worst) * scale) ** 2;
    });
  });
  return up.map((d, i) => (d + down[i]! === 0 ? 1 : Math.sqrt(down[i]!) / (Math.sqrt(d) + Math.sqrt(down[i]!))));
}
