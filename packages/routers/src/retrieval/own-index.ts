import {
  admitsOffer,
  normalizeRows,
  rowOf,
  takeRows,
  type CatalogueOffer,
  type Matrix,
  type ProfileFilter,
} from '@routeprofile/schema';
import { exactRows, invertedLists, listCentres, SCANNED, type NearestRows } from '@routeprofile/numerics';
import type { SearchedIndex } from './with-retrieval.js';

/** Rows that lists are made from, at most. */
const MOST_SAMPLED = 16_384;
const SEED = 0;

/** Exact up to as many rows as an approximate search would look at anyway; see `invertedLists`. */
function nearestOf(rows: Matrix): NearestRows {
  const evenly = (count: number) => Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows.rows) / count));
  const nearest =
    rows.rows <= SCANNED
      ? exactRows(rows.cols)
      : invertedLists(
          listCentres(normalizeRows(takeRows(rows, evenly(MOST_SAMPLED))), Math.ceil(Math.sqrt(rows.rows)), {
            seed: SEED,
          }),
        );
  for (let i = 0; i < rows.rows; i++) nearest.add(rowOf(rows, i));
  return nearest;
}

const isList = (
  filters: ProfileFilter | readonly (ProfileFilter | undefined)[],
): filters is readonly (ProfileFilter | undefined)[] => Array.isArray(filters);

/**
 * An index of a router's own models, in memory, made when it is first searched.
 * @param offers one per model
 */
export function ownIndex(
  models: readonly string[],
  rowsOf: () => Matrix,
  offers: readonly CatalogueOffer[],
): SearchedIndex {
  let rows: Matrix | undefined;
  let nearest: NearestRows | undefined;
  const own = () => (rows ??= rowsOf());
  const place = new Map(models.map((model, m) => [model, m]));
  return {
    get dimensions() {
      return own().cols;
    },
    encoder: null,
    metric: 'dot',
    models: () => models,
    async search(queries, count, filters = {}) {
      const held = (nearest ??= nearestOf(own()));
      return Array.from({ length: queries.rows }, (_, q) => {
        const filter: ProfileFilter = (isList(filters) ? filters[q] : filters) ?? {};
        const admitted = Int32Array.from(offers, (offer) => (admitsOffer(offer, filter) ? 1 : 0));
        const total = admitted.reduce((sum, one) => sum + one, 0);
        const { places, products, complete } = held.search(rowOf(queries, q), Math.min(count, total), {
          ...(total < models.length && { admitted: { kinds: admitted, admits: Uint8Array.of(0, 1) } }),
        });
        const profiles = Array.from(places, (m, i) => ({ model: models[m]!, similarity: products[i]!, order: m }));
        return { profiles, admitted: total, complete };
      });
    },
    vectors: async (wanted) =>
      takeRows(
        own(),
        wanted.map((model) => place.get(model)!),
      ),
  };
}
