import { z } from '@routeprofile/schema';
import { durationSchema } from '../config/duration.js';

const name = z.string().min(1).max(200);

/** How a route keeps conversations together. */
export const sessionConfigSchema = z
  .strictObject({
    /** How long after its last answer a conversation is remembered, such as `10m`. */
    ttl: durationSchema,
    /**
     * Whether a conversation may move to another candidate while the one that answered it can go on. `never` (default), or `priced`: each turn
     * is decided anew, and it moves where that is worth losing the prompt cache.
     */
    switch: z.enum(['never', 'priced']).default('never'),
    /** With `priced`: what moving must be worth beyond its price, in chances of being right. */
    margin: z.number().min(0).max(1).default(0.02),
    /** With `priced`: how long after an answer a provider still has the conversation in its prompt cache. */
    cached: durationSchema.default('5m'),
    /** Those that look at each turn, by name: `stuck` and `milestone` are built in. Default: none. */
    monitors: z.array(name).default([]),
    /** Candidates in the order in which a conversation goes up. Default: by expected quality. */
    ladder: z.array(name).min(2).max(20).optional(),
    /** Dollars that one conversation may cost in a day of UTC. Default: no limit. */
    budget: z.number().positive().max(1e6).optional(),
  })
  .refine(({ ladder = [] }) => new Set(ladder).size === ladder.length, {
    path: ['ladder'],
    error: 'names a candidate twice',
  });
