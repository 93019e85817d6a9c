import { chooserOf, messageOf, type Logger } from '@routeprofile/schema';
import type { DecisionRecord } from '../contracts/record.js';
import { vectorText } from '../contracts/vector.js';
import type { ReadQueries } from '../decide/read-queries.js';
import type { Prepared } from '../serve/prepare.js';

/** The record with what is known of how its query was read and learned from: vector, version, and what a shadow would have chosen. */
export async function withFacts(
  record: DecisionRecord,
  { route, routing }: Prepared,
  { queries, keepVectors, logger }: { queries: ReadQueries; keepVectors: boolean; logger: Logger | undefined },
): Promise<DecisionRecord> {
  const facts = queries.get(record.id);
  if (route === undefined || record.router === null || facts === undefined) return record;
  const { vector, learned } = facts;
  const shadow = route.overrides === undefined ? await shadowOn(route, routing, logger) : undefined;
  return {
    ...record,
    // It may have been asked and not followed.
    ...(learned !== undefined && chooserOf(record.reasons) === 'router' && { router: { ...record.router, learned } }),
    ...(keepVectors && vector && { vector: vectorText(vector) }),
    ...(shadow && { shadow }),
  };
}

async function shadowOn(
  { shadow }: NonNullable<Prepared['route']>,
  { id, text, requirements }: Prepared['routing'],
  logger: Logger | undefined,
): Promise<DecisionRecord['shadow']> {
  // What has learned nothing chooses as the router does.
  if (shadow === undefined || shadow.learner.latest.version === 0) return undefined;
  const { strategy, version } = shadow.learner.look();
  try {
    const [decision] = await shadow.router.route([text], { ids: [id], requirements: [requirements] });
    return decision && [{ router: strategy, learned: version, model: decision.model }];
  } catch (error) {
    logger?.warn(`what ${strategy} would have chosen for ${id} is not known: ${messageOf(error)}`);
    return undefined;
  }
}
