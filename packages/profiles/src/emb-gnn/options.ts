import { z } from '@routeprofile/schema';
import { decideRepairs, refuseContradictions, type Repairs } from '../common/compat.js';

export interface EmbGnnRepairs {
  self: number;
  scores: 'per-task' | 'global';
  sources: 'apart' | 'together';
  floor: number;
  divisor: 'messages' | 'relations';
  normalize: boolean;
}

const repairs: Repairs<EmbGnnRepairs> = {
  repaired: { self: 0.1, scores: 'per-task', sources: 'apart', floor: 0.05, divisor: 'messages', normalize: true },
  published: { self: 0, scores: 'global', sources: 'together', floor: 0, divisor: 'relations', normalize: false },
};

export const embGnnOptions = z
  .strictObject({
    /** Rounds of message passing, K in the paper. Default 2. 0 gives the models' own text vectors. */
    hops: z.number().int().min(0).max(64).default(2),
    /**
     * Weight of a message along an edge i → j of one relation, from the degrees within it:
     * `sym` (default) 1 / √(deg(i) deg(j)), `right` 1 / deg(i), `left` 1 / deg(j) (the mean of the messages), `none` 1.
     */
    norm: z.enum(['sym', 'right', 'left', 'none']).default('sym'),
    /** Everything below as published, numbers included. `normalize` alone may be set beside it, as it could be there. */
    compat: z.boolean().default(false),
    /** Share of a node's own start vector in every hop (the teleport probability of APPNP). Default 0.1; 0 as published. */
    self: z.number().min(0).max(1).optional(),
    /** Scores scaled to [0, 1] within each task (default), or over all tasks together as published. */
    scores: z.enum(['per-task', 'global']).optional(),
    /** With per-task scores: candidates and auxiliary models on scales of their own (default), or together. */
    sources: z.enum(['apart', 'together']).optional(),
    /** What the lowest score still weighs; scaled scores lie in [floor, 1]. Default 0.05; 0 as published. */
    floor: z.number().min(0).max(1).optional(),
    /** Sums are divided by the relations that delivered a message (default), or by all relations into the node's type, as published. */
    divisor: z.enum(['messages', 'relations']).optional(),
    /** Profiles of unit length. Default true; false under `compat`. */
    normalize: z.boolean().optional(),
  })
  .superRefine((given, context) => refuseContradictions(repairs)({ ...given, normalize: undefined }, context))
  .overwrite((given) => ({ ...given, ...decideRepairs(repairs, given) }));

/** Options of `embGnnProfile`, parsed. Each member tells its default and the published value. */
export type EmbGnnOptions = z.output<typeof embGnnOptions>;

/** Options with every repair decided. */
export type CompleteEmbGnnOptions = Omit<EmbGnnOptions, keyof EmbGnnRepairs> & EmbGnnRepairs;

export const completeEmbGnnOptions = (given: EmbGnnOptions): CompleteEmbGnnOptions => ({
  ...given,
  ...decideRepairs(repairs, given),
});
