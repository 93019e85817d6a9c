import { z } from '@routeprofile/schema';

/** How λ follows what is spent of a budget. */
const pacingConfigSchema = z.strictObject({
  /** Requests expected per window; `learn` takes what the windows before had. */
  requests: z.union([z.number().int().min(1).max(1e9), z.literal('learn')]),
  /** λ at the start, in chances of being right per dollar. Default: as the router's training rows say. */
  lambda: z.number().min(0).max(1e12).optional(),
  /** η: by how much λ rises for each share of what is due that was spent beyond it. Default: as the router's training rows say. */
  rate: z.number().gt(0).max(1e12).optional(),
});
/** How λ follows what is spent of a budget. */
export type PacingConfig = z.infer<typeof pacingConfigSchema>;

/** What may be spent, in calendar windows of UTC. */
export const budgetConfigSchema = z.strictObject({
  dollars: z.number().positive().max(1e6),
  per: z.enum(['hour', 'day', 'month']).default('day'),
  /** Spends it evenly: the dearer models answer less while more is spent than is due. Default: whoever comes first. */
  pacing: pacingConfigSchema.optional(),
});
/** What may be spent, in calendar windows of UTC. */
export type BudgetConfig = z.infer<typeof budgetConfigSchema>;
