import { z } from '@routeprofile/schema';
import { durationSchema } from '../config/duration.js';

/** How a route learns from feedback while it serves. */
export const learnSchema = z.strictObject({
  /** A learner and its options, such as `memory:kappa=20`. */
  strategy: z.string().min(1),
  /**
   * `shadow`: nothing is followed, and records say what would have been chosen. `live`: what was learned decides. `off`: as if the setting were
   * not there, which also takes back what was learned.
   */
  mode: z.enum(['shadow', 'live', 'off']).default('shadow'),
  /** Judged decisions that are waited for before they are learned from together. */
  every: z.number().int().min(1).max(10_000).default(20),
  /** How long the first of them waits at most, such as `1m`. */
  within: durationSchema.default('1m'),
});
/** How a route learns, with every default filled in. */
export type LearnSettings = z.infer<typeof learnSchema>;
