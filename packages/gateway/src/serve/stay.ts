import { explained, inFront, type Decision, type Requirements, type Usage } from '@routeprofile/schema';
import { millisecondsOf } from '../config/duration.js';
import type { Route } from '../config/snapshot.js';
import type { EndpointWire } from '../contracts/wire.js';
import { whatLacksOf } from '../decide/demands.js';
import type { Pin } from '../decide/session-pins.js';
import type { Serving } from './context.js';

/** A conversation on its way through a route, where the route keeps conversations together. */
export interface Stay {
  /** Names it among those of all tenants and routes. */
  conversation: string;
  /** Who answers it, if anybody did. */
  pin: Pin | undefined;
  /** What is to be known of it at its next turn. */
  next: Pick<Pin, 'step' | 'wentUpAt'>;
  /** Keeps it where it was answered. */
  keep(served: string, decision: Decision): void;
  /** The answer has ended. @param usage undefined where nobody knows */
  took(usage: Usage | undefined): void;
}

/**
 * @param session names the conversation among those of its tenant; nothing is kept for a route without the setting
 * @param promptTokens of the request, estimated
 */
export function stayOf(
  { name, settings, overrides }: Route,
  tenant: string,
  session: string | undefined,
  promptTokens: number,
  { pins, clock }: Serving,
): Stay | undefined {
  if (settings.session === undefined || session === undefined) return undefined;
  const ttlMs = millisecondsOf(settings.session.ttl);
  const key = JSON.stringify([tenant, name, overrides ?? null, session]);
  const next: Stay['next'] = {};
  const priced = settings.session.switch === 'priced';
  let kept: string | undefined;
  return {
    conversation: key,
    pin: pins.get(tenant, key),
    next,
    keep(model, { ranked }) {
      kept = model;
      pins.set(tenant, key, { model, ranked, ...next }, ttlMs);
    },
    took(usage) {
      if (usage === undefined || !priced) return;
      const pin = pins.get(tenant, key);
      // Of turns that go on at the same time the last one kept counts.
      if (pin?.model === kept && pin !== undefined)
        pins.set(tenant, key, { ...pin, last: { usage, estimated: promptTokens, at: clock.now() } }, ttlMs);
    },
  };
}

/** Why a conversation cannot be answered by a candidate; null when it can. */
export function whyMove(
  model: string,
  { router, demands }: Route,
  wire: EndpointWire,
  requirements: Requirements,
  { snapshot, health }: Serving,
): string | null {
  const candidate = snapshot.candidates.get(model);
  if (candidate === undefined || !router.models.includes(model)) return 'is no longer there';
  const lack = whatLacksOf(candidate, requirements, demands);
  if (lack !== null) return `may not answer this request (${lack})`;
  const speaking = (snapshot.endpoints.get(model) ?? []).filter(({ wires }) => wires.includes(wire));
  if (speaking.length === 0) return `does not speak ${wire}`;
  return speaking.some(({ id }) => health.usable(id)) ? null : 'is out of service for now';
}

/** The decision for a conversation that stays: who answered it, then the others as they were ranked. */
export const staying = ({ model, ranked }: Pin): Decision => ({
  model,
  ranked: inFront(ranked, model),
  reasons: [{ kind: 'session', text: `${model} has answered this conversation` }],
});

/** The decision for a conversation that moves, which says so. */
export const moving = (decision: Decision, { model }: Pin, why: string): Decision =>
  because(decision, `${model}, which answered this conversation, ${why}`);

/** The decision with what its conversation has to do with it. */
export const because = (decision: Decision, text: string): Decision => explained(decision, 'session', text);
