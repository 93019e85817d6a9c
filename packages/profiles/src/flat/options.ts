import { z } from '@routeprofile/schema';
import { decideRepairs, refuseContradictions, type Repairs } from '../common/compat.js';

export interface FlatRepairs {
  sample: 'neighbours' | 'independent' | 'shared';
  names: boolean;
  scores: boolean;
  weigh: boolean;
  encode: 'segments' | 'joined';
}

const repairs: Repairs<FlatRepairs> = {
  repaired: { sample: 'neighbours', names: true, scores: true, weigh: true, encode: 'segments' },
  published: { sample: 'shared', names: false, scores: false, weigh: false, encode: 'joined' },
};

export const flatOptions = z
  .strictObject({
    /** Segments of each node type, at most. Default 5. */
    topK: z.number().int().min(1).max(1_000).default(5),
    /** Everything below as published, draws included. */
    compat: z.boolean().default(false),
    /**
     * `neighbours` (default): the model's own family, tasks, domains, queries. `independent`: random nodes of the whole graph
     * from a stream of the model's own. `shared` (published): the same from one stream for all models, as Python draws it.
     */
    sample: z.enum(['neighbours', 'independent', 'shared']).optional(),
    /** Whether segments name their node. Default true; false as published. */
    names: z.boolean().optional(),
    /** Whether the segments of the model's tasks tell its score (needs `sample: neighbours`). Default true; false as published. */
    scores: z.boolean().optional(),
    /**
     * Whether segments of tasks, domains and queries weigh by the model's standing on the task (needs `sample: neighbours`,
     * `encode: segments`). Default true, as encoders hardly read a score that is written out; false as published.
     */
    weigh: z.boolean().optional(),
    /**
     * `segments` (default): each segment is encoded alone; a profile is the mean over node types of the mean of their
     * segments' unit vectors. `joined` (published): all segments as one text, cut where the encoder stops reading.
     */
    encode: z.enum(['segments', 'joined']).optional(),
  })
  .superRefine(refuseContradictions(repairs))
  .overwrite((given) => ({ ...given, ...decideRepairs(repairs, given) }));

/** Options of `flatProfile`, parsed. Each member tells its default and the published value. */
export type FlatOptions = z.output<typeof flatOptions>;
export type CompleteFlatOptions = Omit<FlatOptions, keyof FlatRepairs> & FlatRepairs;

export const completeFlatOptions = (given: FlatOptions): CompleteFlatOptions => ({
  ...given,
  ...decideRepairs(repairs, given),
});
