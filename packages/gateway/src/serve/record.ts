import { costOf } from '@routeprofile/providers';
import { messageOf } from '@routeprofile/schema';
import type { Attempt, DecisionRecord } from '../contracts/record.js';
import type { Serving } from './context.js';
import type { Prepared } from './prepare.js';

/** What became of a request. */
export interface Ended {
  attempts: readonly Attempt[];
  served: string | null;
  status: number;
}

/** Dollars of all attempts; undefined where one has no price. */
const totalOf = (attempts: readonly Attempt[]): number | undefined =>
  attempts.reduce<number | undefined>(
    (sum, { cost }) => (sum === undefined || cost === undefined ? undefined : sum + cost),
    0,
  );

/** What the model that would answer everything would have taken for the answer that was delivered, as far as its price is known. */
function insteadOf(route: Prepared['route'], { attempts, served }: Ended): Pick<DecisionRecord, 'bestSingle'> {
  const { candidates = [], bestSingle: model } = route?.router ?? {};
  const price = candidates.find(({ id }) => id === model)?.price;
  const usage = attempts.findLast(({ candidate }) => candidate === served)?.usage;
  return model !== undefined && price && usage ? { bestSingle: { model, cost: costOf(usage, price) } } : {};
}

/** The record of a request. @param at when it came, milliseconds since 1970 */
export function recordOf(
  { routing, route, decision }: Prepared,
  ended: Ended,
  at: number,
  keepText: boolean,
): DecisionRecord {
  const { attempts, served, status } = ended;
  const cost = totalOf(attempts);
  const { id, tenant, wire, requirements, text, session } = routing;
  return {
    version: 1,
    id,
    at,
    tenant,
    wire,
    route: routing.route,
    ...(route?.overrides && { overrides: { ...route.overrides } }),
    router: route ? { strategy: route.router.strategy, encoder: route.router.encoder } : null,
    ...(session !== undefined && { session }),
    requirements: { ...requirements },
    ...(keepText && route && { text }),
    ranked: decision.ranked.map((one) => ({ ...one })),
    model: decision.model,
    propensity: decision.propensity ?? 1,
    reasons: decision.reasons.map((one) => ({ ...one })),
    attempts: [...attempts],
    ...(cost !== undefined && { cost }),
    ...insteadOf(route, ended),
    served,
    status,
  };
}

/** Keeps a record; a store that is down costs the record, not the answer. */
export const keep = (record: DecisionRecord, { store, logger }: Serving): Promise<void> =>
  store
    .append([record])
    .catch((error: unknown) => logger?.warn(`decision ${record.id} is not kept: ${messageOf(error)}`));
