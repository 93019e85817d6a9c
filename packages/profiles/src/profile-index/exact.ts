import { z, type ProfileIndexStrategy } from '@routeprofile/schema';
import { exactRows, type ExactRows } from '@routeprofile/numerics';
import { catalogueIndex, type CatalogueParts } from './catalogue.js';
import { assertPlaces, readArtifact } from './saved.js';
import { fill } from './source.js';

const NAME = 'exact';
const options = z.strictObject({
  /** `cosine` (default): vectors are brought to length 1; `dot`: they are kept as they are. */
  metric: z.enum(['cosine', 'dot']).default('cosine'),
});
/** Options of `exactProfileIndex`, parsed. */
export type ExactIndexOptions = z.infer<typeof options>;

const partsOf = (rows: ExactRows, chosen: ExactIndexOptions, encoder: string | null): CatalogueParts => ({
  name: NAME,
  options: chosen,
  encoder,
  rows,
  arrays() {
    const { rows: data, orders } = rows.save();
    return { rows: data, orders };
  },
});

/**
 * Every search reads every vector: 4 bytes per number, about 0.4 ms per 1,000 vectors of 512 numbers. What the approximate index is
 * judged by, and the better choice below some 10,000 models.
 */
export const exactProfileIndex: ProfileIndexStrategy<ExactIndexOptions> = {
  specVersion: 1,
  name: NAME,
  summary: 'reads every vector; exact, and slow for large catalogues',
  options,
  build: (source, chosen, ctx) =>
    fill(NAME, catalogueIndex(partsOf(exactRows(source.dimensions), chosen, source.encoder)).index, source, ctx),
  async load(artifact) {
    const { manifest, entries, read } = readArtifact(NAME, artifact);
    const chosen = options.safeParse(manifest.options);
    if (!chosen.success) throw read.corrupt('its options are not those of this strategy');
    const orders = read.doubles('orders', manifest.places, true);
    const rows = exactRows(manifest.dimensions, {
      rows: read.floats('rows', manifest.places * manifest.dimensions),
      orders,
    });
    assertPlaces(entries, (place) => !Number.isNaN(orders[place]!), read.corrupt);
    return catalogueIndex({ ...partsOf(rows, chosen.data, manifest.encoder), entries }).index;
  },
};
