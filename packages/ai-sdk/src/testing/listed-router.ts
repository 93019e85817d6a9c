import type { RequestRouter } from '@routeprofile/gateway';
import type { Candidate } from '@routeprofile/schema';

/** Dollars per million tokens. */
export const PRICE = { input: 1, output: 10, cachedInput: 0.1 };

/** Candidates with a price. */
export const candidatesOf = (...ids: string[]): Candidate[] =>
  ids.map((id) => ({ id, model: `model-${id}`, price: PRICE }));

/** What a router was asked. */
export interface ListedRouter extends RequestRouter {
  asked: { text: string; requirements: unknown }[];
}

/** A router that ranks its candidates as they are listed, whatever the text, and remembers what it was asked. */
export function listedRouter(candidates: readonly Candidate[]): ListedRouter {
  const asked: ListedRouter['asked'] = [];
  return {
    asked,
    models: candidates.map(({ id }) => id),
    candidates,
    strategy: 'listed',
    encoder: null,
    route: async (texts, { requirements } = {}) =>
      texts.map((text, i) => {
        asked.push({ text, requirements: requirements?.[i] });
        return {
          model: candidates[0]!.id,
          ranked: candidates.map(({ id }, place) => ({ model: id, score: 1 - place / 10 })),
          reasons: [{ kind: 'listed', text: 'it is first' }],
        };
      }),
  };
}
