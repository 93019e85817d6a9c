import { z } from '@routeprofile/schema';

export const advantageOptions = z.strictObject({
  /** Card scores marked unreliable count as not measured (default); false takes them as they are. */
  distrust: z.boolean().default(true),
  /** A key per query of each task (default), or one per task: the mean of its queries' vectors, of unit length. */
  keys: z.enum(['queries', 'tasks']).default('queries'),
  /** Advantages drawn towards the model's overall one, by how little they rest on (default), or as measured. */
  shrink: z.boolean().default(true),
  /** What stands where a model is not measured: `nan` (default), or `mean`, its overall advantage. */
  missing: z.enum(['nan', 'mean']).default('nan'),
  /**
   * `points` (default): ten points are ten points on every task, as a mean score counts them; only scores that are not percentages
   * are brought to the common spread. `spread`: every task is.
   */
  scale: z.enum(['points', 'spread']).default('points'),
});
/** Options of `advantageProfile`, parsed. Each member tells its default. */
export type AdvantageOptions = z.output<typeof advantageOptions>;
