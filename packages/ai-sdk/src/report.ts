import type { JSONObject } from '@ai-sdk/provider';
import type { Attempt, DecisionRecord } from '@routeprofile/gateway/core';
import { messageOf } from '@routeprofile/schema';
import type { Prepared } from './prepare.js';
import type { OpenedSettings } from './settings.js';

/** What became of a call. */
export interface Ended {
  attempts: readonly Attempt[];
  served: string | null;
  /** As HTTP has it: 200, 499 where the caller had left, else what went wrong. */
  status: number;
}

/** The route's name in records; there is one. */
const ROUTE = 'default';

/** Dollars of all attempts; undefined where one has no price. */
const totalOf = (attempts: readonly Attempt[]): number | undefined =>
  attempts.reduce<number | undefined>(
    (sum, { cost }) => (sum === undefined || cost === undefined ? undefined : sum + cost),
    0,
  );

/** The record of a call. `wire` is `chat`: calls are read as requests of chat completions. */
export function recordOf(prepared: Prepared, ended: Ended, settings: OpenedSettings): DecisionRecord {
  const { id, at, target, text, session, requirements, decision } = prepared;
  const { router, tenant, keepText } = settings;
  const routed = target.kind === 'route';
  const cost = totalOf(ended.attempts);
  return {
    version: 1,
    id,
    at,
    tenant,
    wire: 'chat',
    route: routed ? ROUTE : null,
    router: routed ? { strategy: router.strategy, encoder: router.encoder } : null,
    ...(session !== undefined && { session }),
    requirements: { ...requirements },
    ...(keepText && routed && { text }),
    ranked: decision.ranked.map((one) => ({ ...one })),
    model: decision.model,
    propensity: 1,
    reasons: decision.reasons.map((one) => ({ ...one })),
    attempts: [...ended.attempts],
    ...(cost !== undefined && { cost }),
    served: ended.served,
    status: ended.status,
  };
}

/** What callers find in `providerMetadata.routeprofile`. */
export function metadataOf(record: DecisionRecord, { leftOut, cooling }: Prepared): JSONObject {
  const { id, route, router, model, served, ranked, reasons, requirements, attempts, cost } = record;
  const told = { id, route, router, model, served, ranked, reasons, requirements, attempts, cost, leftOut, cooling };
  // As JSON has it: what is undefined is not there.
  return JSON.parse(JSON.stringify(told)) as JSONObject;
}

/** Hands a record over; a listener that fails costs the record, not the answer. */
export async function handOver(record: DecisionRecord, { onDecision, logger }: OpenedSettings): Promise<void> {
  try {
    await onDecision?.(record);
  } catch (error) {
    logger?.warn(`decision ${record.id} is not kept: ${messageOf(error)}`);
  }
}
