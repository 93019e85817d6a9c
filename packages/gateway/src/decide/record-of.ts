import { costOf } from '@routeprofile/providers';
import type { Decision } from '@routeprofile/schema';
import type { Attempt, DecisionRecord } from '../contracts/record.js';
import type { RequestRouter } from './request-router.js';

/** The status of a request whose client has left; nobody reads it but records. */
export const CLIENT_GONE = 499;

/** What became of a request. */
export interface Ended {
  attempts: readonly Attempt[];
  /** The candidate whose answer was delivered; null when none was. */
  served: string | null;
  /** As HTTP has it: 200, `CLIENT_GONE`, else what went wrong. */
  status: number;
}

/** What is recorded of a request, beside what became of it. */
export interface Recorded extends Pick<
  DecisionRecord,
  'id' | 'at' | 'tenant' | 'wire' | 'route' | 'overrides' | 'session' | 'text'
> {
  requirements: object;
  /** Who decided; undefined for a request that named a candidate. */
  router: RequestRouter | undefined;
  decision: Decision;
}

/** Dollars of all attempts; undefined where one has no price. */
function totalOf(attempts: readonly Attempt[]): number | undefined {
  let sum = 0;
  for (const { cost } of attempts) {
    if (cost === undefined) return undefined;
    sum += cost;
  }
  return sum;
}

/** What the model that would answer everything would have taken for the answer that was delivered, as far as its price is known. */
function insteadOf(router: RequestRouter, { attempts, served }: Ended): DecisionRecord['bestSingle'] {
  const { candidates, bestSingle: model } = router;
  if (model === undefined) return undefined;
  const price = candidates.find(({ id }) => id === model)?.price;
  const usage = attempts.findLast(({ candidate }) => candidate === served)?.usage;
  return price && usage ? { model, cost: costOf(usage, price) } : undefined;
}

/** The record of a request that has ended. */
export function decisionRecord(recorded: Recorded, { attempts, served, status }: Ended): DecisionRecord {
  const { id, at, tenant, wire, route, router, decision, requirements, overrides, session, text } = recorded;
  const record: DecisionRecord = {
    version: 1,
    id,
    at,
    tenant,
    wire,
    route,
    router: router ? { strategy: router.strategy, encoder: router.encoder } : null,
    requirements: { ...requirements },
    ranked: decision.ranked.map((one) => ({ ...one })),
    model: decision.model,
    propensity: decision.propensity ?? 1,
    reasons: decision.reasons.map((one) => ({ ...one })),
    attempts: [...attempts],
    served,
    status,
  };
  if (overrides) record.overrides = { ...overrides };
  if (session !== undefined) record.session = session;
  if (text !== undefined) record.text = text;
  const cost = totalOf(attempts);
  if (cost !== undefined) record.cost = cost;
  const bestSingle = router && insteadOf(router, { attempts, served, status });
  if (bestSingle !== undefined) record.bestSingle = bestSingle;
  return record;
}
