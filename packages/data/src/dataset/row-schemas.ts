import { pairwiseRowSchema, routingRowSchema, z } from '@routeprofile/schema';

/** Most tasks have no choices, and many files do not name them then: absent is as good as null. */
const choices = z.unknown().optional();

export const routingFileSchema = z.array(routingRowSchema.extend({ choices }));
export type RoutingFileRow = z.infer<typeof routingFileSchema>[number];

export const pairsSchema = z.array(pairwiseRowSchema.extend({ choices }));
export type PairRow = z.infer<typeof pairsSchema>[number];
