import {
  admitsOffer,
  catalogueOfferSchema,
  issueText,
  RouteProfileError,
  type CatalogueOffer,
  type ProfileFilter,
} from '@routeprofile/schema';

/** Offers of a catalogue, each distinct one kept once: adapters of one model mostly offer the same. */
export interface Offers {
  /** Distinct offers. */
  readonly distinct: readonly CatalogueOffer[];
  /** The offer's place among `distinct`; entered there if it is new. @throws RouteProfileError BAD_INPUT for what files would not hold */
  kindOf(offer: CatalogueOffer): number;
  /** Shape [distinct]: 1 for those that the filter admits. */
  admitted(filter: ProfileFilter): Uint8Array;
}

/** Who stands at which place of the rows, and offers what. */
export interface Entries {
  /** By place; null where nothing is held. */
  names: (string | null)[];
  /** By place: its kind of offer. */
  kinds: Int32Array;
  /** Distinct offers. */
  offers: readonly CatalogueOffer[];
}

/** What a search may ask for, in one order, so that equal offers have equal keys. */
function keyOf({ price, limits, capabilities }: CatalogueOffer): string {
  const sorted = (part: object | undefined) => part && Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(price), sorted(limits), sorted(capabilities)]);
}

/** @param given distinct offers that are known already */
export function offerKinds(given: readonly CatalogueOffer[] = []): Offers {
  const distinct = [...given];
  const places = new Map(distinct.map((offer, kind) => [keyOf(offer), kind]));
  return {
    distinct,
    kindOf(offer) {
      const key = keyOf(offer);
      const known = places.get(key);
      if (known !== undefined) return known;
      const parsed = catalogueOfferSchema.safeParse(offer);
      if (!parsed.success)
        throw new RouteProfileError('BAD_INPUT', `offer: ${parsed.error.issues.map(issueText).join('; ')}`, {
          hint: 'Prices are dollars per million tokens, of input and output; leave out what is not known.',
        });
      const { price, limits, capabilities } = offer;
      places.set(key, distinct.length);
      // A copy: whoever gave it may change it later.
      distinct.push(
        structuredClone({ ...(price && { price }), ...(limits && { limits }), ...(capabilities && { capabilities }) }),
      );
      return distinct.length - 1;
    },
    admitted: (filter) => Uint8Array.from(distinct, (offer) => (admitsOffer(offer, filter) ? 1 : 0)),
  };
}
