import { RouteProfileError, type Candidate, type Dataset } from '@routeprofile/schema';
import { plural, someOf } from '../dataset/text.js';
import { candidateEntry, dayOf, type CatalogueEntry, type PriceList } from './entry.js';
import { matchCatalogue, type AmbiguousModel, type CatalogueMatches, type MatchedModel } from './match.js';
import { readPriceList } from './price-list.js';
import { readModelProfiles, type ReadProfile } from './profile-files.js';

/** Where a catalogue is read from. */
export interface CatalogueSources {
  /** Files of price lists. */
  prices?: readonly string[];
  /** Files and folders of declarative profiles. */
  profiles?: readonly string[];
  /** Only entries of these providers, as the lists name them. Profiles name none and stay. */
  providers?: readonly string[];
  /** See `PriceListOrigin`. */
  now?: Date;
}

/** Models with prices, limits and capabilities, each with its source and the date of that. */
export interface Catalogue {
  lists: readonly PriceList[];
  profiles: readonly ReadProfile[];
  /** Those of the profiles first, then list by list. */
  entries: readonly CatalogueEntry[];
}

/**
 * Reads price lists and profiles as one catalogue.
 * @throws RouteProfileError as `readPriceList` and `readModelProfiles` do, and UNKNOWN_NAME for a provider that no list has
 */
export async function readCatalogue({
  prices = [],
  profiles: paths = [],
  providers,
  now,
}: CatalogueSources): Promise<Catalogue> {
  const lists: PriceList[] = [];
  for (const path of new Set(prices)) lists.push(await readPriceList(path, now && { now }));
  const profiles = await readModelProfiles(paths);
  const listed = lists.flatMap(({ entries }) => entries);
  return {
    lists,
    profiles,
    entries: [
      ...profiles.map(({ candidate, card, path, modified }) =>
        candidateEntry(candidate, card.scores, path, dayOf(modified)),
      ),
      ...(providers === undefined ? listed : ofProviders(listed, providers)),
    ],
  };
}

function ofProviders(entries: readonly CatalogueEntry[], providers: readonly string[]): CatalogueEntry[] {
  const known = [...new Set(entries.flatMap(({ provider }) => provider ?? []))].sort();
  const unknown = providers.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new RouteProfileError('UNKNOWN_NAME', `no price list has a provider called ${unknown.join(', ')}`, {
      hint:
        known.length === 0
          ? 'Name a price list.'
          : `There ${known.length === 1 ? 'is' : 'are'} ${plural(known.length, 'provider')}: ${someOf(known, 40)}.`,
    });
  return entries.filter(({ provider }) => provider !== undefined && providers.includes(provider));
}

/** Entries whose id or provider holds every word of a text, in upper or lower case. */
export function searchCatalogue(entries: readonly CatalogueEntry[], text: string): CatalogueEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ id, model, provider = '' }) => {
    const name = `${id} ${model} ${provider}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}

/**
 * Finds candidates in a catalogue; see `matchCatalogue`. A profile with a price goes before every list, for somebody wrote it; one
 * without goes after them.
 */
export function matchModels(
  candidates: readonly Pick<Candidate, 'id' | 'model'>[],
  { profiles, entries }: Catalogue,
): CatalogueMatches {
  const described = entries.slice(0, profiles.length);
  const passes = [
    described.filter(({ price }) => price !== undefined),
    entries.slice(profiles.length),
    described.filter(({ price }) => price === undefined),
  ];
  const matched = new Map<string, MatchedModel>();
  const ambiguous: AmbiguousModel[] = [];
  let open = candidates;
  for (const pass of passes) {
    const found = matchCatalogue(open, pass);
    for (const match of found.matched) matched.set(match.id, match);
    ambiguous.push(...found.ambiguous);
    const left = new Set(found.unmatched);
    open = open.filter(({ id }) => left.has(id));
  }
  return {
    matched: candidates.flatMap(({ id }) => matched.get(id) ?? []),
    ambiguous,
    unmatched: open.map(({ id }) => id),
  };
}

/** A dataset's candidates with what its own cards say of them. */
export function datasetEntries(
  { candidates, cards }: Pick<Dataset, 'candidates' | 'cards'>,
  source: string,
): CatalogueEntry[] {
  const scores = new Map(cards.map((card) => [card.name, card.scores]));
  return candidates.map((candidate) => candidateEntry(candidate, scores.get(candidate.id), source, null));
}
