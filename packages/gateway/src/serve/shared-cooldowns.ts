import { z } from '@routeprofile/schema';
import { faultSchema, type Fault } from '../contracts/fault.js';
import type { StateStore } from '../contracts/store.js';
import type { Health } from '../health.js';

/** What gateways tell each other of an endpoint that rests: its id in the configuration, and nothing else that they know of it. */
const cooldownSchema = z.object({
  /** The gateway that says so. */
  from: z.string(),
  endpoint: z.string(),
  fault: faultSchema,
  /** Milliseconds for which it rests. */
  ms: z.number().positive(),
});

/** Tells the others when an endpoint begins to rest. */
export interface SharedCooldowns {
  tell: (endpoint: string, fault: Fault, ms: number) => void;
  /** @param isKnown whether an endpoint is in the configuration @returns ends it */
  hear: (health: Health, isKnown: (endpoint: string) => boolean) => () => void;
}

/** Endpoints that rest for one of the gateways that share a store rest for all of them. */
export function shareCooldowns(store: StateStore): SharedCooldowns {
  const from = crypto.randomUUID();
  return {
    tell: (endpoint, fault, ms) => store.publish('cooldown', { from, endpoint, fault, ms }),
    hear: (health, isKnown) =>
      store.subscribe('cooldown', (value) => {
        const parsed = cooldownSchema.safeParse(value);
        // A gateway of another version may say something else; what it says is advice.
        if (!parsed.success || parsed.data.from === from || !isKnown(parsed.data.endpoint)) return;
        const { endpoint, fault, ms } = parsed.data;
        health.coolElsewhere(endpoint, fault, ms);
      }),
  };
}
