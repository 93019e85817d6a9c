import { messageOf } from '@routeprofile/schema';
import type { DecisionRecord } from '../contracts/record.js';
import { decisionRecord, type Ended } from '../decide/record-of.js';
import type { Serving } from './context.js';
import type { Prepared } from './prepare.js';

/** The record of a request. @param at when it came, milliseconds since 1970 */
export function recordOf(
  { routing, route, decision }: Prepared,
  ended: Ended,
  at: number,
  keepText: boolean,
): DecisionRecord {
  const { id, tenant, wire, requirements, text, session } = routing;
  return decisionRecord(
    {
      id,
      at,
      tenant,
      wire,
      route: routing.route,
      overrides: route?.overrides ? { ...route.overrides } : undefined,
      session,
      text: keepText && route ? text : undefined,
      requirements,
      router: route?.router,
      decision,
    },
    ended,
  );
}

/** Keeps a record; a store that is down costs the record, not the answer. */
export const keep = (record: DecisionRecord, { store, logger }: Serving): Promise<void> =>
  store
    .append([record])
    .catch((error: unknown) => logger?.warn(`decision ${record.id} is not kept: ${messageOf(error)}`));
