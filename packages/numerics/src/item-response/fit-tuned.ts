import { throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import { chooseItemResponse, type ItemResponseChoice, type TriedChoice } from './choose.js';
import { fitItemResponse } from './fit.js';
import { queryMap, type QueryMap } from './query-map.js';
import { fitQuerySpace, queryCoordinates, reducedSpace, type ReducedQueries } from './query-space.js';
import { listResponses, respondingModels, type ResponseKind, type Responses } from './responses.js';
import { symmetricEigen } from '../eigen.js';

/** What queries and their outcomes or pairs taught. */
export interface LearnedItemResponse {
  kind: ResponseKind;
  dimensions: number;
  map: QueryMap;
  /** [models × dimensions], by size of what they explain; zeros for models that answered nothing. */
  abilities: Float64Array;
  /** Models with any response. */
  known: boolean[];
  choice: ItemResponseChoice;
  /** Cross-validation's figures; empty where all was given, or too little is known. */
  tried: TriedChoice[];
}

/** Components that are looked at where `fixed` does not say. */
export const WIDEST_SPACE = 96;

/**
 * Item response from query vectors: reduces them, chooses width, rank and ridge by cross-validation where they are not given,
 * fits, and turns the abilities so that they are uncorrelated and the most telling come first.
 * @param vectors [queries × width]
 * @param reduced the queries along their leading 96 axes, or as many as `fixed` says; default: axes of at most 2,000 of them
 * @throws RouteProfileError NO_TRAINING_DATA without responses, BAD_INPUT for an outcome outside [0, 1], SHAPE_MISMATCH, ABORTED.
 */
export function fitTunedItemResponse(
  vectors: Matrix,
  given: Responses,
  fixed: Partial<ItemResponseChoice>,
  ctx: RunContext,
  reduced?: ReducedQueries,
): LearnedItemResponse {
  throwIfAborted(ctx);
  const responses = listResponses(given);
  const { space, all } = reduced ? reducedSpace(reduced) : ownSpace(vectors, fixed.width ?? WIDEST_SPACE, ctx.seed);
  const widest = space.directions.rows;
  const coordinates = (width: number) => leading(all, widest + 1, width + 1);
  const { best, tried } = chooseItemResponse(coordinates, widest, responses, fixed, ctx);
  const model = fitItemResponse(coordinates(best.width), responses, best, ctx);
  const known = respondingModels(responses);
  // No answer drew them anywhere but to where the prior is.
  known.forEach((answered, m) => {
    if (!answered) model.abilities.fill(0, m * model.dimensions, (m + 1) * model.dimensions);
  });
  const turned = principalAxes(model.abilities, model.dimensions, model.discrimination, known);
  const fitted = { ...model, ...turned };
  const narrow = { ...space, directions: { ...space.directions, rows: best.width } };
  return {
    kind: model.kind,
    dimensions: model.dimensions,
    map: queryMap(narrow, fitted),
    abilities: turned.abilities,
    known,
    choice: best,
    tried,
  };
}

function ownSpace(vectors: Matrix, width: number, seed: number) {
  const space = fitQuerySpace(vectors, width, seed);
  return { space, all: queryCoordinates(space, vectors) };
}

/** The first columns of rows of `from` numbers. */
function leading(rows: Float64Array, from: number, width: number): Float64Array {
  if (from === width) return rows;
  const out = new Float64Array((rows.length / from) * width);
  for (let i = 0; i * from < rows.length; i++) out.set(rows.subarray(i * from, i * from + width), i * width);
  return out;
}

/**
 * a·θ stays the same when both are turned alike: the axes are turned to the principal axes of the known models' abilities.
 * The priors are round, so the turned parameters are as likely.
 */
function principalAxes(
  abilities: Float64Array,
  D: number,
  discrimination: Float64Array,
  known: readonly boolean[],
): { abilities: Float64Array; discrimination: Float64Array } {
  const moments = new Float64Array(D * D);
  known.forEach((counts, m) => {
    if (!counts) return;
    for (let i = 0; i < D; i++)
      for (let j = 0; j < D; j++) moments[i * D + j]! += abilities[m * D + i]! * abilities[m * D + j]!;
  });
  const { vectors } = symmetricEigen(moments, D);
  const turn = (rows: Float64Array) =>
    rows.map((_, k) => {
      let sum = 0;
      for (let j = 0; j < D; j++) sum += vectors[(k % D) * D + j]! * rows[k - (k % D) + j]!;
      return sum;
    });
  return { abilities: turn(abilities), discrimination: turn(discrimination) };
}
