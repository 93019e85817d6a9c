import type { JSONObject } from '@ai-sdk/provider';
import { decisionRecord, type DecisionRecord, type Ended } from '@routeprofile/gateway/core';
import { messageOf } from '@routeprofile/schema';
import type { Prepared } from './prepare.js';
import type { OpenedSettings } from './settings.js';

/** The route's name in records; there is one. */
const ROUTE = 'default';

/** The record of a call. `wire` is `chat`: calls are read as requests of chat completions. */
export function recordOf(prepared: Prepared, ended: Ended, settings: OpenedSettings): DecisionRecord {
  const { id, at, target, text, session, requirements, decision } = prepared;
  const { router, tenant, keepText } = settings;
  const routed = target.kind === 'route';
  return decisionRecord(
    {
      id,
      at,
      tenant,
      wire: 'chat',
      route: routed ? ROUTE : null,
      session,
      text: keepText && routed ? text : undefined,
      requirements,
      router: routed ? router : undefined,
      decision,
    },
    ended,
  );
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
