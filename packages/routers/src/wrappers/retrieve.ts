import {
  candidateSchema,
  defineWrapper,
  isScoringRouter,
  parsePart,
  z,
  type CatalogueOffer,
} from '@routeprofile/schema';
import { ownIndex } from '../retrieval/own-index.js';
import { RETRIEVED, rowScoring, withRetrieval } from '../retrieval/with-retrieval.js';
import { assertLearnedOf } from './learned.js';

const NAME = 'retrieve';
const options = z.strictObject({
  /** Models retrieved per query, and scored. Default 100. */
  n: z.number().int().min(1).default(RETRIEVED),
});
export type RetrieveOptions = z.infer<typeof options>;

const offerSchema = candidateSchema.pick({ price: true, limits: true, capabilities: true });
const state = z.object({ offers: z.record(z.string(), offerSchema) });

/**
 * `withRetrieval` on the router's own models, indexed in memory when the first query comes: exactly up to 32,768 models, approximately above. It stands
 * innermost. A router that replays recorded decisions, as wrappers around this one are fitted on, has scored all models and passes unchanged.
 */
export const retrieveWrapper = defineWrapper<RetrieveOptions>({
  name: NAME,
  summary: 'scores only the n models nearest to the query, found by an index; for catalogues of many thousands',
  options,
  async fit({ router, input: { models, candidates } }) {
    // Says at once what cannot be done.
    rowScoring(router).own();
    const offers = models.map((model, m): [string, CatalogueOffer] => {
      const { price, limits, capabilities } = candidates[m] ?? {};
      return [model, { ...(price && { price }), ...(limits && { limits }), ...(capabilities && { capabilities }) }];
    });
    return { state: { offers: Object.fromEntries(offers) }, weights: {} };
  },
  wrap(router, learned, { n }) {
    const { offers } = parsePart(NAME, 'state', state, learned.state);
    assertLearnedOf(NAME, Object.keys(offers), router);
    if (!isScoringRouter(router) || !router.rows) return router;
    const { rows } = router;
    const own = router.models.map((model) => (Object.hasOwn(offers, model) ? offers[model]! : {}));
    return withRetrieval(
      router,
      ownIndex(router.models, () => rows.own(), own),
      { n },
    );
  },
});
