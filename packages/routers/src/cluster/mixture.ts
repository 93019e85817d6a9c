import type { Matrix } from '@routeprofile/schema';
import { rowDots, softmax } from '@routeprofile/numerics';
import { mixed } from '../common/mixed.js';
import { highest } from '../common/top-models.js';

/** The clusters that a query belongs to. */
export interface Membership {
  /** [clusters], summing to 1. */
  shares: Float64Array;
  /** The nearest cluster. */
  nearest: number;
  cosine: number;
  /** Scores by a table [clusters × models]: its rows, mixed by the shares. */
  scores(table: Matrix): Float64Array;
}

/**
 * @param centres [clusters × dimensions], unit rows
 * @param temperature of the softmax over cosines; 0: the nearest cluster has it all
 */
export function mixture(centres: Matrix, temperature: number): (vector: Float32Array) => Membership {
  return (vector) => {
    const cosines = new Float64Array(centres.rows);
    rowDots(centres, vector, cosines);
    return membership(cosines, temperature);
  };
}

/** The clusters of a query by its cosines with their centres. */
export function membership(cosines: Float64Array, temperature: number): Membership {
  const nearest = highest(cosines, 1)[0]!;
  const shares = temperature > 0 ? softmax(cosines, temperature) : new Float64Array(cosines.length);
  if (temperature === 0) shares[nearest] = 1;
  return { shares, nearest, cosine: cosines[nearest]!, scores: (table) => mixed(table, shares) };
}
