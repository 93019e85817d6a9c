import type { RankedModel } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import { createRecent } from '../recent.js';
import type { LastAnswer } from '../session/priced-switch.js';

/** Who answers a conversation, and who may in its place, as they were ranked. */
export interface Pin {
  model: string;
  ranked: readonly RankedModel[];
  /** What the last answer took; absent where none has ended, or its request was not measured. */
  last?: LastAnswer;
  /** The step that the client was at, where it says. */
  step?: string;
  /** Where a monitor had it go up: how many turns it had by then. Price alone moves it no more. */
  wentUpAt?: number;
}

/** Who answers which conversation. */
export interface SessionPins {
  /** @param key names tenant, route and conversation */
  get(key: string): Pin | undefined;
  /** @param ttlMs milliseconds for which it is kept, from now on */
  set(key: string, pin: Pin, ttlMs: number): void;
  /**
   * Conversations that each model answers now, by model.
   * @param counts whether a conversation is counted, by its key
   */
  perModel(counts: (key: string) => boolean): Map<string, number>;
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
    set: (key, pin, ttlMs) => pins.set(key, { ...pin, until: clock.now() + ttlMs }),
    perModel(counts) {
      const models = new Map<string, number>();
      const now = clock.now();
      for (const [key, { model, until }] of pins.entries())
        if (now < until && counts(key)) models.set(model, (models.get(model) ?? 0) + 1);
      return models;
    },
  };
}
