import { RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { layoutOf, penalisedLikelihood, precisions, type Layout } from './likelihood.js';
import { minimize } from '../minimize.js';
import { type ResponseKind, type ResponseList } from './responses.js';
import { responseMoments, spectralStart, type ResponseMoments } from './start.js';

/** Settings of `fitItemResponse`. */
export interface ItemResponseOptions {
  /** Abilities of a model. */
  dimensions: number;
  /** Precision of the prior on what discrimination depends on of the query, whose coordinates have mean square length 1. */
  ridge: number;
  /** Discrimination is the same for all queries: then one order of the models for all of them. Default false. */
  constant?: boolean;
  /** Steps of the optimizer at most. Default 300. */
  steps?: number;
  /** Share of the loss below which a step ends the fit. Default 1e-6. */
  tolerance?: number;
}

/** Fitted parameters, in double precision. */
export interface ItemResponse {
  kind: ResponseKind;
  models: number;
  dimensions: number;
  /** Coordinates of a query, the constant included. */
  width: number;
  /** Shape [width × dimensions]. a(q) = x_q · discrimination. */
  discrimination: Float64Array;
  /** Shape [width]. b(q) = x_q · difficulty; zeros where only pairs taught. */
  difficulty: Float64Array;
  /** [models × dimensions] */
  abilities: Float64Array;
}

/**
 * Multidimensional item response with discrimination and difficulty linear in the query (after RADAR, arXiv 2509.25426):
 * P(model m right on query q) = σ(a(q)·θ_m − b(q)), by penalised maximum likelihood. Where only pairs are known,
 * P(i beats j) = σ(a(q)·(θ_i − θ_j)): difficulty cancels, so nothing is learned of the chance of being right.
 *
 * Normal priors on both factors of the interaction amount to a nuclear norm on its matrix: dimensions that the data do not
 * call for shrink to nothing, so `dimensions` bounds the rank and `ridge` decides it.
 *
 * @param x [queries × width], the first of each row 1
 * @param from parameters to start from, such as those under another ridge
 */
export function fitItemResponse(
  x: Float64Array,
  responses: ResponseList,
  options: ItemResponseOptions,
  ctx?: Pick<RunContext, 'signal'>,
  from?: ItemResponse,
): ItemResponse {
  return fitStarting(x, responses, options, ctx, (layout) =>
    from
      ? parametersOf(from)
      : spectralStart(responseMoments(x, layout.width, responses), responses.kind, layout, options.ridge),
  );
}

/** `fitItemResponse` with the moments of the responses at hand. */
export const fitFromMoments = (
  x: Float64Array,
  responses: ResponseList,
  options: ItemResponseOptions,
  moments: ResponseMoments,
  ctx: Pick<RunContext, 'signal'>,
): ItemResponse =>
  fitStarting(x, responses, options, ctx, (layout) => spectralStart(moments, responses.kind, layout, options.ridge));

function fitStarting(
  x: Float64Array,
  responses: ResponseList,
  options: ItemResponseOptions,
  ctx: Pick<RunContext, 'signal'> | undefined,
  startOf: (layout: Layout) => Float64Array,
): ItemResponse {
  const queries = responses.starts.length - 1;
  const width = queries === 0 ? 1 : x.length / queries;
  if (!Number.isInteger(width) || responses.value.length === 0)
    throw new RouteProfileError(
      responses.value.length === 0 ? 'NO_TRAINING_DATA' : 'SHAPE_MISMATCH',
      `item response: ${responses.value.length} responses to ${queries} queries with ${x.length} coordinates`,
    );
  const { constant = false, ridge, steps = 300, tolerance = 1e-6 } = options;
  const layout = layoutOf(width, constant ? 1 : options.dimensions, responses.models);
  const start = startOf(layout);
  if (constant) start.fill(0, 1, layout.difficultyAt);
  const objective = penalisedLikelihood(x, responses, layout, { ridge, constant });
  const found = minimize(objective, start, {
    curvature: curvatureAt(x, responses, layout, precisions(layout, { ridge }), start),
    steps,
    tolerance,
    onStep: () => throwIfAborted(ctx),
  });
  return modelOf(responses.kind, layout, found);
}

function modelOf(kind: ResponseKind, layout: Layout, p: Float64Array): ItemResponse {
  const { width, dimensions, models, difficultyAt, abilitiesAt } = layout;
  return {
    kind,
    models,
    dimensions,
    width,
    discrimination: p.slice(0, difficultyAt),
    difficulty: p.slice(difficultyAt, abilitiesAt),
    abilities: p.slice(abilitiesAt),
  };
}

const parametersOf = ({ discrimination, difficulty, abilities }: ItemResponse) =>
  Float64Array.of(...discrimination, ...difficulty, ...abilities);

/** Second derivatives along the coordinates, with every p (1 − p) taken for its largest value, 1/4. */
function curvatureAt(
  x: Float64Array,
  { starts, first, kind, second }: ResponseList,
  { width, dimensions: D, difficultyAt, abilitiesAt }: Layout,
  prior: Float64Array,
  p: Float64Array,
): Float64Array {
  const out = prior.slice();
  const strength = new Float64Array(D); // Σ θ² of the models that answered
  const a = new Float64Array(D);
  for (let q = 0; q + 1 < starts.length; q++) {
    const [from, to] = [starts[q]!, starts[q + 1]!];
    strength.fill(0);
    a.fill(0);
    for (let k = 0; k < width; k++) for (let d = 0; d < D; d++) a[d]! += x[q * width + k]! * p[k * D + d]!;
    for (let e = from; e < to; e++)
      for (let d = 0; d < D; d++) {
        const i = abilitiesAt + first[e]! * D + d;
        const j = abilitiesAt + second[e]! * D + d;
        strength[d]! += 0.25 * (kind === 'pairs' ? p[i]! - p[j]! : p[i]!) ** 2;
        out[i]! += 0.25 * a[d]! ** 2;
        if (kind === 'pairs') out[j]! += 0.25 * a[d]! ** 2;
      }
    for (let k = 0; k < width; k++) {
      const square = x[q * width + k]! ** 2;
      for (let d = 0; d < D; d++) out[k * D + d]! += square * strength[d]!;
      if (kind === 'outcomes') out[difficultyAt + k]! += 0.25 * square * (to - from);
    }
  }
  return out;
}
