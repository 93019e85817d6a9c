import { runReportSchema, z } from '@routeprofile/schema';

/** One setting, such as the published labels or the cold start, and what came of it. */
const designSpaceScenarioSchema = z.object({ name: z.string().min(1), report: runReportSchema });
/** A named setting and the report of its run. */
export type DesignSpaceScenario = z.infer<typeof designSpaceScenarioSchema>;

/** Profiles × graphs × hops × routers × seeds, once in every scenario. */
export const designSpaceSchema = z.object({
  name: z.string().min(1),
  scenarios: z
    .array(designSpaceScenarioSchema)
    .min(1)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
      error: 'two scenarios have the same name',
    }),
});
/** A named list of scenarios, as `designSpaceSchema` checks it; no two have the same name. */
export type DesignSpace = z.infer<typeof designSpaceSchema>;
