import {
  catalogueOfferSchema,
  corruptFile,
  createMatrix,
  issueText,
  type IndexArray,
  type Matrix,
  type ProfileIndex,
  type ProfileIndexArtifact,
  z,
} from '@routeprofile/schema';
import type { Entries } from './offers.js';

const manifestSchema = z.object({
  version: z.literal(1),
  strategy: z.string(),
  options: z.record(z.string(), z.unknown()),
  encoder: z.string().nullable(),
  dimensions: z.number().int().min(1),
  metric: z.enum(['cosine', 'dot']),
  places: z.number().int().min(0),
  offers: z.array(catalogueOfferSchema),
});
export type IndexManifest = z.infer<typeof manifestSchema>;

export interface SavedIndex {
  strategy: string;
  options: Record<string, unknown>;
  encoder: string | null;
  dimensions: number;
  metric: ProfileIndex['metric'];
}

/** The artifact of an index: what all kinds keep, and the arrays of one kind. Names are one JSON text. */
export const artifactOf = (
  saved: SavedIndex,
  { names, kinds, offers }: Entries,
  arrays: Record<string, IndexArray>,
): ProfileIndexArtifact => ({
  manifest: { version: 1, ...saved, places: names.length, offers: structuredClone(offers) },
  arrays: { names: new TextEncoder().encode(JSON.stringify(names)), kinds, ...arrays },
});

/** Reads arrays of an artifact; each throws CORRUPT_FILE. */
export interface ArrayReader {
  ints(name: string, length?: number): Int32Array;
  bytes(name: string, length?: number): Uint8Array;
  /** Finite, unless `gaps` lets NaN pass. */
  floats(name: string, length?: number): Float32Array;
  doubles(name: string, length?: number, gaps?: boolean): Float64Array;
  /** Of any number of rows. */
  matrix(name: string, cols: number): Matrix;
  corrupt: (what: string) => Error;
}

/** What all kinds of index keep, checked, and a reader of the arrays. @throws RouteProfileError CORRUPT_FILE */
export function readArtifact(
  strategy: string,
  { manifest: given, arrays }: ProfileIndexArtifact,
): { manifest: IndexManifest; entries: Entries; read: ArrayReader } {
  const corrupt = (what: string) =>
    corruptFile(strategy, what, 'Build the index again; its files are damaged or of another kind.');
  const parsed = manifestSchema.safeParse(given);
  if (!parsed.success) throw corrupt(parsed.error.issues.map(issueText).join('; '));
  const manifest = parsed.data;
  if (manifest.strategy !== strategy) throw corrupt(`the index is of the strategy '${manifest.strategy}'`);

  const array = <T extends IndexArray>(name: string, kind: new (length: number) => T, length?: number): T => {
    const found = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    if (!(found instanceof kind) || (length !== undefined && found.length !== length))
      throw corrupt(`the array '${name}' is missing, cut or of another kind`);
    return found;
  };
  const finite = <T extends Float32Array | Float64Array>(name: string, found: T, gaps = false): T => {
    if (!found.every((x) => Number.isFinite(x) || (gaps && Number.isNaN(x))))
      throw corrupt(`the array '${name}' holds a number that is not finite`);
    return found;
  };
  const read: ArrayReader = {
    corrupt,
    ints: (name, length) => array(name, Int32Array, length),
    bytes: (name, length) => array(name, Uint8Array, length),
    floats: (name, length) => finite(name, array(name, Float32Array, length)),
    doubles: (name, length, gaps) => finite(name, array(name, Float64Array, length), gaps),
    matrix(name, cols) {
      const data = read.floats(name);
      if (data.length % cols !== 0) throw corrupt(`the array '${name}' is cut`);
      return createMatrix(data.length / cols, cols, data);
    },
  };
  const kinds = read.ints('kinds', manifest.places);
  const { offers } = manifest;
  if (!kinds.every((kind) => kind >= 0 && kind < Math.max(1, offers.length))) throw corrupt('an offer is missing');
  return { manifest, read, entries: { names: namesOf(read.bytes('names'), manifest.places, corrupt), kinds, offers } };
}

function namesOf(bytes: Uint8Array, places: number, corrupt: (what: string) => Error): (string | null)[] {
  let names: unknown;
  try {
    names = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw corrupt("the array 'names' is cut or no JSON");
  }
  const fits = z.array(z.string().min(1).nullable()).length(places).safeParse(names);
  if (!fits.success) throw corrupt(`the array 'names' does not name ${places} places`);
  const given = fits.data.filter((model) => model !== null);
  if (new Set(given).size !== given.length) throw corrupt('a model is listed twice');
  return fits.data;
}

/** A place is named just where its row is held. */
export function assertPlaces(
  { names }: Entries,
  isHeld: (place: number) => boolean,
  corrupt: ArrayReader['corrupt'],
): void {
  if (!names.every((model, place) => (model !== null) === isHeld(place)))
    throw corrupt('names and vectors do not belong together');
}
