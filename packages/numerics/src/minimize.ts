import { RouteProfileError } from '@routeprofile/schema';

/** A smooth function of x: returns its value and writes its gradient, both of shape [n]. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** Settings of `minimize`. */
export interface MinimizeOptions {
  /** Shape [n], positive; roughly the second derivatives along each coordinate at the start. Default: all 1. */
  curvature?: Float64Array;
  /** Steps at most. Default 200. */
  steps?: number;
  /** Ends when a step lowers the value by no more than this share of it (of 1 where it is smaller). Default 1e-9. */
  tolerance?: number;
  /** Ends when no entry of the gradient, divided by its curvature, is larger: about the distance left. Default 0. */
  gradientTolerance?: number;
  /** Called before each step; may throw to stop. */
  onStep?: (step: number) => void;
}

/** Pairs of steps and gradient changes that the curvature is learned from. */
const MEMORY = 10;
/** Weak Wolfe conditions: the value falls by this share of what the slope promises, and the slope to this share. */
const SUFFICIENT = 1e-4;
const FLATTER = 0.9;
const TRIALS = 40;

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** a + factor · b */
function sum(a: Float64Array, factor: number, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i]! + factor * b[i]!;
  return out;
}

/** a ← a + factor · b, and the dot product of that with `other`, if any, in one pass over memory. */
function addThenDot(a: Float64Array, factor: number, b: Float64Array, other: Float64Array | undefined): number {
  let product = 0;
  if (other)
    for (let i = 0; i < a.length; i++) {
      const value = a[i]! + factor * b[i]!;
      a[i] = value;
      product += other[i]! * value;
    }
  else for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
  return product;
}

interface Point {
  x: Float64Array;
  value: number;
  gradient: Float64Array;
}

/**
 * A minimum near `start` by L-BFGS with a diagonal first guess of the curvature (Nocedal and Wright 2006, algorithm 7.5) and
 * a bisecting line search (Lewis and Overton 2013, algorithm 2.6). In double precision, and deterministic.
 * @param start shape [n]; left as it is
 * @returns shape [n]
 * @throws RouteProfileError NOT_FINITE when the objective is not finite at the start.
 */
export function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions = {}): Float64Array {
  const { curvature, steps = 200, tolerance = 1e-9, gradientTolerance = 0, onStep } = options;
  const gradient = new Float64Array(start.length);
  let at: Point = { x: start.slice(), value: objective(start, gradient), gradient };
  if (!Number.isFinite(at.value))
    throw new RouteProfileError('NOT_FINITE', 'minimize: the objective is not finite at the start');
  const memory: Change[] = [];
  for (let step = 0; step < steps; step++) {
    onStep?.(step);
    if (at.gradient.every((g, i) => Math.abs(g) <= gradientTolerance * (curvature?.[i] ?? 1))) break;
    const next = lineSearch(objective, at, descent(at.gradient, memory, curvature));
    if (!next) {
      // Rounding has spoilt what was learned of the curvature, or this is the minimum.
      if (memory.length === 0) break;
      memory.length = 0;
      continue;
    }
    const change = changeOf(at, next);
    const gain = at.value - next.value;
    at = next;
    if (gain <= tolerance * Math.max(1, Math.abs(at.value))) break;
    if (change.sy > 0) memory.push(change);
    if (memory.length > MEMORY) memory.shift();
  }
  return at.x;
}

/** A point along a direction with a lower value and a flatter slope; undefined where none is found. */
function lineSearch(objective: Objective, { x, value, gradient }: Point, direction: Float64Array): Point | undefined {
  const slope = dot(direction, gradient);
  if (!(slope < 0)) return undefined;
  let [low, high, size] = [0, Infinity, 1];
  let found: Point | undefined;
  for (let trial = 0; trial < TRIALS; trial++) {
    const next: Point = {
      x: sum(x, size, direction),
      value: 0,
      gradient: new Float64Array(x.length),
    };
    next.value = objective(next.x, next.gradient);
    if (!(next.value <= value + SUFFICIENT * size * slope)) high = size;
    else {
      found = next;
      if (dot(direction, next.gradient) >= FLATTER * slope) break;
      low = size;
    }
    size = high < Infinity ? (low + high) / 2 : 2 * low;
  }
  return found;
}

/** What a step changed. */
interface Change {
  s: Float64Array;
  y: Float64Array;
  sy: number;
}

function changeOf(from: Point, to: Point): Change {
  const s = sum(to.x, -1, from.x);
  const y = sum(to.gradient, -1, from.gradient);
  return { s, y, sy: dot(s, y) };
}

/** − H⁻¹ gradient by the two-loop recursion. */
function descent(gradient: Float64Array, memory: readonly Change[], curvature: Float64Array | undefined): Float64Array {
  const out = gradient.slice();
  const last = memory[memory.length - 1];
  const shares = memory.map(() => 0);
  let product = last ? dot(last.s, out) : 0;
  for (let k = memory.length - 1; k >= 0; k--) {
    const { y, sy } = memory[k]!;
    shares[k] = product / sy;
    product = addThenDot(out, -shares[k]!, y, memory[k - 1]?.s);
  }
  let scaled = 0;
  if (last) for (let i = 0; i < out.length; i++) scaled += last.y[i]! ** 2 / (curvature?.[i] ?? 1);
  const factor = last ? last.sy / scaled : 1;
  for (let i = 0; i < out.length; i++) out[i]! *= factor / (curvature?.[i] ?? 1);
  product = memory[0] ? dot(memory[0].y, out) : 0;
  for (let k = 0; k < memory.length; k++) {
    const { s, sy } = memory[k]!;
    product = addThenDot(out, shares[k]! - product / sy, s, memory[k + 1]?.y);
  }
  for (let i = 0; i < out.length; i++) out[i] = -out[i]!;
  return out;
}
