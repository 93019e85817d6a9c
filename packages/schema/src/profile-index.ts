import { z } from 'zod';
import type { RunContext } from './context.js';
import { candidateSchema } from './artifacts.js';
import type { Candidate, Price } from './dataset.js';
import type { Matrix } from './matrix.js';
import { requirementsSchema, type Requirements } from './requirements.js';
import { whatLacks } from './what-lacks.js';

/** What a catalogue says of a model, and a search may ask for. */
export type CatalogueOffer = Pick<Candidate, 'price' | 'limits' | 'capabilities'>;

/** Of `CatalogueOffer`, at the edge: where it is given, and in files. */
export const catalogueOfferSchema = candidateSchema.pick({ price: true, limits: true, capabilities: true });

/** A part of a catalogue: models or adapters with one vector each. */
export interface ProfileRows {
  /** Ids, each once in a catalogue. */
  models: readonly string[];
  /** [models × dimensions], finite. */
  vectors: Matrix;
  /** One per model. Default: nothing is known of any. */
  offers?: readonly CatalogueOffer[];
}

/** A catalogue, part by part, so that it need not fit in memory: a million vectors of 512 numbers take 2 GB. */
export interface ProfileSource {
  /** Models in all. */
  models: number;
  dimensions: number;
  /** The encoder whose query vectors are compared with these; null when unknown. */
  encoder: string | null;
  /** All parts in order. Called twice: an index reads a sample first. */
  rows(): Iterable<ProfileRows> | AsyncIterable<ProfileRows>;
}

/** What a model must offer to be found. */
export interface ProfileFilter {
  /** Capabilities, region and limits, by the rule of `whatLacks`. */
  requirements?: Requirements;
  /** Dollars per million tokens, at most. A model without a price is left out where one is asked for. */
  maxPrice?: Partial<Pick<Price, 'input' | 'output'>>;
}

const priceLimit = z.number().min(0).optional();
/** Of `ProfileFilter`: a name that is not known is refused, for a search would find more than was asked for. */
export const profileFilterSchema = z.strictObject({
  requirements: z.strictObject(requirementsSchema.shape).optional(),
  maxPrice: z.strictObject({ input: priceLimit, output: priceLimit }).optional(),
});

/** Whether a search with this filter may find a model with this offer. */
export function admitsOffer(offer: CatalogueOffer, { requirements = {}, maxPrice = {} }: ProfileFilter): boolean {
  const within = (kind: 'input' | 'output') => (offer.price?.[kind] ?? Infinity) <= (maxPrice[kind] ?? Infinity);
  return whatLacks(offer, requirements) === null && within('input') && within('output');
}

/** A model that a search found. */
export interface FoundProfile {
  model: string;
  /** Cosine or dot product with the query, as the index was built for. */
  similarity: number;
  /** Models that came earlier have a lower one: equal similarities stand in this order. */
  order: number;
}

/** What one query found. */
export interface FoundProfiles {
  /** The most similar first. Fewer than asked for where fewer are admitted. */
  profiles: FoundProfile[];
  /** Models that the filter admits. */
  admitted: number;
  /** Whether it is certain that nothing nearer was passed over, but for the rounding of the vectors that the index holds. */
  complete: boolean;
}

/** A saved index: JSON, and arrays of numbers that are written as they are, little-endian. */
export interface ProfileIndexArtifact {
  manifest: Record<string, unknown>;
  arrays: Readonly<Record<string, IndexArray>>;
}
/** An array of a saved index. */
export type IndexArray = Uint8Array | Int32Array | Float32Array | Float64Array;

/**
 * Vectors of a catalogue of models, of which those nearest to a query are found. What is promised of every implementation,
 * `describeProfileIndexContract` of `@routeprofile/schema/testing` checks.
 */
export interface ProfileIndex {
  /** Models held. */
  readonly size: number;
  readonly dimensions: number;
  readonly encoder: string | null;
  /** What similarities are: of directions, or dot products, in which longer vectors count more. */
  readonly metric: 'cosine' | 'dot';
  /** Bytes in memory for vectors and what finds them, without names; an estimate to within a tenth. */
  readonly bytes: number;
  /** Ids in the order in which they came. The list is made anew after each change. */
  models(): readonly string[];
  has(model: string): boolean;
  /**
   * Takes one model in; it is found from the next search on.
   * @param vector `dimensions` finite numbers
   * @throws RouteProfileError BAD_INPUT for a model that is there already, has no name, or whose offer is not one, SHAPE_MISMATCH,
   * NOT_FINITE; nothing changes then
   */
  add(model: string, vector: ArrayLike<number>, offer?: CatalogueOffer): Promise<void>;
  /** @throws RouteProfileError UNKNOWN_NAME for a model that is not there */
  remove(model: string): Promise<void>;
  /**
   * The `count` (a whole number, 0 or more) most similar models of each query, among those that the filter admits.
   * @param queries [queries × dimensions], finite
   * @param filters one for all, or one per query
   * @throws RouteProfileError SHAPE_MISMATCH, NOT_FINITE, BAD_OPTION for a count or a filter that is not one, ABORTED
   */
  search(
    queries: Matrix,
    count: number,
    filters?: ProfileFilter | readonly (ProfileFilter | undefined)[],
    ctx?: Pick<RunContext, 'signal'>,
  ): Promise<FoundProfiles[]>;
  /**
   * The vectors of some models, as the index holds them: rounded, where it rounds.
   * @throws RouteProfileError UNKNOWN_NAME
   */
  vectors(models: readonly string[]): Promise<Matrix>;
  /** Everything that `load` needs. Arrays may be views of what the index holds: write them before the index changes. */
  save(): Promise<ProfileIndexArtifact>;
}

/** A way to hold and search a catalogue. The same source, options and seed give the same bytes. */
export interface ProfileIndexStrategy<O = Record<string, unknown>> {
  specVersion: 1;
  /** Saved files name the strategy by it. */
  name: string;
  /** One line for listings. */
  summary: string;
  /** Validates and completes the options; `{}` must be valid. */
  options: z.ZodType<O>;
  /** @throws RouteProfileError BAD_INPUT for a model that comes twice, SHAPE_MISMATCH, NOT_FINITE, LIMIT_EXCEEDED, ABORTED */
  build(source: ProfileSource, options: O, ctx: RunContext): Promise<ProfileIndex>;
  /** @throws RouteProfileError CORRUPT_FILE for what `save` did not give */
  load(artifact: ProfileIndexArtifact): Promise<ProfileIndex>;
}
