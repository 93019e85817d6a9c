import { z, type ProfileIndexStrategy } from '@routeprofile/schema';
import {
  invertedLists,
  invertedListsOf,
  listCentres,
  SCANNED,
  type InvertedLists,
  type ListCentres,
} from '@routeprofile/numerics';
import { catalogueIndex, type CatalogueParts } from './catalogue.js';
import { assertPlaces, readArtifact, type ArrayReader } from './saved.js';
import { fill, sampleOf } from './source.js';

const NAME = 'lists';
/** Vectors that the lists are made from, at most, and per list. */
const MOST_SAMPLED = 16_384;
const SAMPLED_PER_LIST = 16;

const options = z.strictObject({
  /** `cosine` (default): vectors are brought to length 1; `dot`: they are kept as they are. */
  metric: z.enum(['cosine', 'dot']).default('cosine'),
  /** Lists that the vectors are sorted into; `auto` (default): the square root of their number, at most 1,024. */
  lists: z.union([z.number().int().min(1).max(4_096), z.literal('auto')]).default('auto'),
  /** Vectors that a search looks at, at least: more find more, and take longer. Default 32,768. */
  scanned: z.number().int().min(1).default(SCANNED),
});
/** Options of `approximateProfileIndex`, parsed. */
export type ApproximateIndexOptions = z.infer<typeof options>;

const partsOf = (rows: InvertedLists, chosen: ApproximateIndexOptions, encoder: string | null): CatalogueParts => ({
  name: NAME,
  options: chosen,
  encoder,
  rows,
  arrays() {
    const { centres, ...held } = rows.save();
    const { groups, centres: directions, starts } = centres;
    return { groups: groups.data, centres: directions.data, starts, ...held };
  },
});

/**
 * Approximate search in one byte per number: vectors are sorted into lists, a search reads the most promising lists. See
 * `invertedLists` of `@routeprofile/numerics`. Catalogues of up to `scanned` models are read whole, so that all that is
 * lost is rounding. The lists are made from an evenly spaced sample of at most 16,384 models and stay when models are added or removed: build
 * again once the catalogue has become several times larger, or of another kind.
 */
export const approximateProfileIndex: ProfileIndexStrategy<ApproximateIndexOptions> = {
  specVersion: 1,
  name: NAME,
  summary: 'reads the most promising lists of vectors in one byte per number; for catalogues up to millions',
  options,
  async build(source, chosen, ctx) {
    const wanted = chosen.lists === 'auto' ? Math.min(1_024, Math.ceil(Math.sqrt(source.models))) : chosen.lists;
    const sampled = Math.min(MOST_SAMPLED, SAMPLED_PER_LIST * wanted);
    ctx.onProgress?.({ stage: `index ${NAME}: sample`, done: 0, total: sampled, unit: 'models' });
    const sample = await sampleOf(NAME, source, sampled, true, ctx);
    const rows = invertedLists(listCentres(sample, Math.max(1, wanted), ctx), chosen);
    const { index, move } = catalogueIndex(partsOf(rows, chosen, source.encoder));
    await fill(NAME, index, source, ctx);
    move((kinds) => rows.settle(kinds));
    return index;
  },
  async load(artifact) {
    const { manifest, entries, read } = readArtifact(NAME, artifact);
    const chosen = options.safeParse(manifest.options);
    if (!chosen.success) throw read.corrupt('its options are not those of this strategy');
    const { places, dimensions } = manifest;
    const centres = centresOf(read, dimensions);
    const lists = read.ints('lists', places);
    if (!lists.every((list) => list >= -1 && list < centres.centres.rows)) throw read.corrupt('a list is missing');
    const codes = read.bytes('codes');
    const stride = places === 0 ? 0 : codes.length / places;
    if (!Number.isInteger(stride) || stride !== (places === 0 ? 0 : 32 * Math.ceil(dimensions / 32)))
      throw read.corrupt("the array 'codes' is cut");
    const [scales, lengths] = [read.floats('scales', places), read.floats('lengths', places)];
    if ([scales, lengths].some((sizes) => sizes.some((size) => size < 0))) throw read.corrupt('a length is negative');
    const rows = invertedListsOf(
      {
        centres,
        lists,
        scales,
        lengths,
        orders: read.doubles('orders', places),
        codes,
      },
      chosen.data,
    );
    assertPlaces(entries, (place) => lists[place] !== -1, read.corrupt);
    return catalogueIndex({ ...partsOf(rows, chosen.data, manifest.encoder), entries }).index;
  },
};

function centresOf(read: ArrayReader, dimensions: number): ListCentres {
  const [groups, centres] = [read.matrix('groups', dimensions), read.matrix('centres', dimensions)];
  const starts = read.ints('starts', groups.rows + 1);
  const rises = starts.every((start, g) => (g === 0 ? start === 0 : start > starts[g - 1]!));
  if (!rises || starts[groups.rows] !== centres.rows) throw read.corrupt('its lists do not make groups');
  return { groups, centres, starts };
}
