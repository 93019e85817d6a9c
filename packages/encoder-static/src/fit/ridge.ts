import { createMatrix, nextTurn, rowOf, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import { averageOf, spread, type Bags } from './bags.js';

/** What `ridgeVectors` is told. */
export interface RidgeInput {
  bags: Bags;
  /** [rows × dimensions]: what the averages should be. */
  targets: Matrix;
  /** [pieces × dimensions]: where pieces are pulled to, and stay if no row has them. */
  prior: Matrix;
  /** Weight of that pull, beside rows of weight 1. */
  ridge: number;
  /** Steps of conjugate gradients. Default 30. */
  steps?: number;
}

/**
 * `argmin_U ‖X U − Y‖² + λ ‖U − P‖²`, X being the bags and P the prior, by conjugate gradients: one system, a step length of its own for each
 * dimension.
 * @returns U [pieces × dimensions]
 * @throws RouteProfileError ABORTED.
 */
export async function ridgeVectors(input: RidgeInput, ctx?: RunContext): Promise<Matrix> {
  const { bags, targets, prior, ridge, steps = 30 } = input;
  const { rows: pieces, cols: dimensions } = prior;
  const row = new Float64Array(dimensions);
  const total = { stage: 'ridge', total: steps, unit: 'steps' };

  const solution = createMatrix(pieces, dimensions);
  const residual = createMatrix(pieces, dimensions);
  for (let i = 0; i < targets.rows; i++) {
    averageOf(bags, i, prior.data, row);
    const target = rowOf(targets, i);
    for (let d = 0; d < dimensions; d++) row[d] = target[d]! - row[d]!;
    spread(bags, i, row, residual.data);
  }
  const direction = createMatrix(pieces, dimensions, Float32Array.from(residual.data));
  const product = createMatrix(pieces, dimensions);
  let square = dots(residual, residual);

  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < product.data.length; i++) product.data[i] = ridge * direction.data[i]!;
    for (let i = 0; i < targets.rows; i++) {
      averageOf(bags, i, direction.data, row);
      spread(bags, i, row, product.data);
    }
    const curvature = dots(direction, product);
    const length = square.map((x, d) => (curvature[d]! > 0 ? x / curvature[d]! : 0));
    addScaled(solution, direction, length);
    addScaled(
      residual,
      product,
      length.map((x) => -x),
    );
    const next = dots(residual, residual);
    const turn = next.map((x, d) => (square[d]! > 0 ? x / square[d]! : 0));
    for (let i = 0, d = 0; i < direction.data.length; i++, d = (d + 1) % dimensions)
      direction.data[i] = residual.data[i]! + turn[d]! * direction.data[i]!;
    square = next;
    ctx?.onProgress?.({ ...total, done: step + 1 });
    await nextTurn();
    throwIfAborted(ctx);
  }
  for (let i = 0; i < solution.data.length; i++) solution.data[i]! += prior.data[i]!;
  return solution;
}

/** Per dimension. */
function dots(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.cols);
  for (let i = 0, d = 0; i < a.data.length; i++, d = d + 1 === a.cols ? 0 : d + 1) out[d]! += a.data[i]! * b.data[i]!;
  return out;
}

function addScaled(to: Matrix, from: Matrix, scale: Float64Array): void {
  for (let i = 0, d = 0; i < to.data.length; i++, d = d + 1 === to.cols ? 0 : d + 1)
    to.data[i]! += scale[d]! * from.data[i]!;
}
