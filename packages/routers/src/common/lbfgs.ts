/** A smooth function of some parameters: writes its gradient and gives its value. */
export type Smooth = (parameters: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Stop when no gradient entry, scaled by `inverseCurvature`, is above it. Default 1e-6. */
  tolerance?: number;
  maxSteps?: number;
  /** Diagonal guess of the inverse Hessian, one a parameter. Default all 1. */
  inverseCurvature?: Float64Array;
}

const MEMORY = 8;
/** Armijo's condition: the share of the promised decrease that a step must bring. */
const SUFFICIENT = 1e-4;

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/**
 * The minimum of a convex function by limited-memory BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.4) with
 * backtracking: deterministic, in double precision.
 * @param start left as it is
 */
export function minimize(f: Smooth, start: Float64Array, options: LbfgsOptions = {}): Float64Array {
  const { tolerance = 1e-6, maxSteps = 200, inverseCurvature = new Float64Array(start.length).fill(1) } = options;
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  const past: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let step = 0; step < maxSteps; step++) {
    if (gradient.every((g, i) => Math.abs(g) * inverseCurvature[i]! <= tolerance)) break;
    const direction = descent(gradient, past, inverseCurvature);
    const slope = dot(gradient, direction);
    if (!(slope < 0)) break;
    let size = 1;
    let next = x;
    let nextValue = Infinity;
    const nextGradient = new Float64Array(x.length);
    while (!(nextValue <= value + SUFFICIENT * size * slope) && size > 1e-10) {
      const at = size;
      next = x.map((xi, i) => xi + at * direction[i]!);
      nextValue = f(next, nextGradient);
      size /= 2;
    }
    if (!(nextValue < value)) break; // At the limit of what doubles can tell apart.
    const s = next.map((xi, i) => xi - x[i]!);
    const y = nextGradient.map((g, i) => g - gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 0) past.push({ s, y, rho: 1 / curvature });
    if (past.length > MEMORY) past.shift();
    [x, value, gradient] = [next, nextValue, nextGradient];
  }
  return x;
}

/** −H g by the two-loop recursion. */
function descent(
  gradient: Float64Array,
  past: readonly { s: Float64Array; y: Float64Array; rho: number }[],
  inverseCurvature: Float64Array,
): Float64Array {
  const out = gradient.slice();
  const add = (by: number, v: Float64Array) => {
    for (let i = 0; i < out.length; i++) out[i]! += by * v[i]!;
  };
  const alphas = past.map(() => 0);
  for (let k = past.length - 1; k >= 0; k--) {
    const { s, y, rho } = past[k]!;
    alphas[k] = rho * dot(s, out);
    add(-alphas[k]!, y);
  }
  const last = past[past.length - 1];
  // The guess on the scale that the last step has shown.
  const scaled = last ? last.y.reduce((sum, y, i) => sum + y * y * inverseCurvature[i]!, 0) : 1;
  const scale = last && scaled > 0 ? 1 / (last.rho * scaled) : 1;
  for (let i = 0; i < out.length; i++) out[i]! *= scale * inverseCurvature[i]!;
  past.forEach(({ s, y, rho }, k) => add(alphas[k]! - rho * dot(y, out), s));
  for (let i = 0; i < out.length; i++) out[i] = -out[i]!;
  return out;
}
