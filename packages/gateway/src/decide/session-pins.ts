import type { RankedModel } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import { createRecent, type Recent } from '../recent.js';
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
  /** @param tenant whose conversation it is @param key names it among those of the tenant, route included */
  get(tenant: string, key: string): Pin | undefined;
  /** @param ttlMs milliseconds for which it is kept, from now on */
  set(tenant: string, key: string, pin: Pin, ttlMs: number): void;
  /** A tenant's conversations that each model answers now, by model. */
  perModel(tenant: string): Map<string, number>;
}

/** Conversations that are kept, of all tenants. */
const MOST_PINS = 10_000;

/**
 * Where there would be more conversations than are kept, the tenant that has most of them loses the one that was silent longest. So a tenant
 * loses none to others while it has no more than its share: all that are kept, divided by the tenants that have any.
 * @param clock only `now` is used
 * @param most conversations that are kept, of all tenants, at least 1
 */
export function createSessionPins(clock: Pick<Clock, 'now'>, most = MOST_PINS): SessionPins {
  const tenants = new Map<string, Recent<string, Pin & { until: number }>>();
  let size = 0;
  const forgetIfEmpty = (tenant: string) => {
    if (tenants.get(tenant)?.size === 0) tenants.delete(tenant);
  };
  const dropOne = () => {
    let largest = '';
    let held = 0;
    for (const [tenant, pins] of tenants)
      if (pins.size > held) {
        largest = tenant;
        held = pins.size;
      }
    tenants.get(largest)?.dropOldest();
    size--;
    forgetIfEmpty(largest);
  };
  return {
    get(tenant, key) {
      const pins = tenants.get(tenant);
      const pin = pins?.get(key);
      if (pins === undefined || pin === undefined || clock.now() < pin.until) return pin;
      pins.delete(key);
      size--;
      forgetIfEmpty(tenant);
      return undefined;
    },
    set(tenant, key, pin, ttlMs) {
      let pins = tenants.get(tenant);
      if (pins === undefined) tenants.set(tenant, (pins = createRecent(most)));
      const before = pins.size;
      pins.set(key, { ...pin, until: clock.now() + ttlMs });
      size += pins.size - before;
      if (size > most) dropOne();
    },
    perModel(tenant) {
      const models = new Map<string, number>();
      const now = clock.now();
      for (const [, { model, until }] of tenants.get(tenant)?.entries() ?? [])
        if (now < until) models.set(model, (models.get(model) ?? 0) + 1);
      return models;
    },
  };
}
