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
const totalOf = (attempts: readonly Attempt[]): number | undefined =>
  attempts.reduce<number | undefined>(
    (sum, { cost }) => (sum === undefined || cost === undefined ? undefined : sum + cost),
    0,
  );

/** What the model that would answer everything would have taken for the answer that was delivered, as far as its price is known. */
function insteadOf(router: RequestRouter | undefined, { attempts, served }: Ended): Pick<DecisionRecord, 'bestSingle'> {
  const { candidates = [], bestSingle: model } = router ?? {};
  const price = candidates.find(({ id }) => id === model)?.price;
  const usage = attempts.findLast(({ candidate }) => candidate === served)?.usage;
  return model !== undefined && price && usage ? { bestSingle: { model, cost: costOf(usage, price) } } : {};
}

/** The record of a request that has ended. */
export function decisionRecord(recorded: Recorded, ended: Ended): DecisionRecord {
  const { router, decision, requirements, overrides, session, text, ...named } = recorded;
  const { attempts, served, status } = ended;
  const cost = totalOf(attempts);
  return {
    version: 1,
    ...named,
    ...(overrides && { overrides: { ...overrides } }),
    router: router ? { strategy: router.strategy, encoder: router.encoder } : null,
    ...(session !== undefined && { session }),
    requirements: { ...requirements },
    ...(text !== undefined && { text }),
    ranked: decision.ranked.map((one) => ({ ...one })),
    model: decision.model,
    propensity: decision.propensity ?? 1,
    reasons: decision.reasons.map((one) => ({ ...one })),
    attempts: [...attempts],
    ...(cost !== undefined && { cost }),
    ...insteadOf(router, ended),
    served,
    status,
  };
}
