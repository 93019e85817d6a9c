import type { RankedModel } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import { createRecent } from '../recent.js';

/** Who answers a conversation, and who may in its place, as they were ranked. */
export interface Pin {
  model: string;
  ranked: readonly RankedModel[];
}

/** Who answers which conversation. */
export interface SessionPins {
  /** @param key names tenant, route and conversation */
  get(key: string): Pin | undefined;
  /** @param ttlMs milliseconds for which it is kept, from now on */
  set(key: string, pin: Pin, ttlMs: number): void;
}

/** Conversations that are kept; those that were silent longest are forgotten first. */
const MOST_PINS = 10_000;

/** @param clock only `now` is used */
export function createSessionPins(clock: Pick<Clock, 'now'>, most = MOST_PINS): SessionPins {
  const pins = createRecent<string, Pin & { until: number }>(most);
  return {
    get(key) {
      const pin = pins.get(key);
      if (pin === undefined || clock.now() < pin.until) return pin;
      pins.delete(key);
      return undefined;
    },
    set: (key, { model, ranked }, ttlMs) => pins.set(key, { model, ranked, until: clock.now() + ttlMs }),
  };
}
