import { z } from '@routeprofile/schema';
import { coTrainFields, refuseCompat } from '../co-training/options.js';

/** Options that `compat` fixes: ours, and the published behaviour. */
interface Repairs<R> {
  repaired: R;
  published: R;
}

/** Zod issues, for `superRefine`: an explicit option that says otherwise than `compat: true` is an error. */
function refuseContradictions<R extends object>({ published }: Repairs<R>) {
  return (
    given: Partial<R> & { compat: boolean },
    context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
  ): void => {
    if (!given.compat) return;
    for (const key of Object.keys(published) as (keyof R & string)[])
      if (given[key] !== undefined && given[key] !== published[key])
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `compat: true means ${key}=${String(published[key])}; leave out one of the two`,
        });
  };
}

/** Every repair decided: as given, else published under `compat`, else repaired. */
function decideRepairs<R extends object>(repairs: Repairs<R>, given: Partial<R> & { compat: boolean }): R {
  const base = given.compat ? repairs.published : repairs.repaired;
  const decided = (Object.keys(base) as (keyof R)[]).filter((key) => given[key] !== undefined);
  return { ...base, ...Object.fromEntries(decided.map((key) => [key, given[key]])) };
}

/** What differs from the published router; `compat` sets them all. */
export interface GraphRepairs {
  normalize: boolean;
  residual: boolean;
  balanced: boolean;
  context: 'batch' | 'all';
  labels: 'soft' | 'discriminative';
  select: 'loss' | 'performance';
}

const repairs: Repairs<GraphRepairs> = {
  repaired: {
    normalize: true,
    residual: true,
    balanced: true,
    context: 'batch',
    labels: 'soft',
    select: 'loss',
  },
  published: {
    normalize: false,
    residual: false,
    balanced: false,
    context: 'all',
    labels: 'discriminative',
    select: 'performance',
  },
};

/** Defaults are the paper's (arXiv 2605.00180, GraphRouter) unless a field says otherwise. */
export const graphOptions = z
  .strictObject({
    /** Width of every layer. Default 256. */
    hidden: z.number().int().min(1).max(8192).default(256),
    /** Attention layers: how far a message travels. Default 2. */
    layers: z.number().int().min(1).max(16).default(2),
    /** Attention heads of every layer, averaged. Default 4. */
    heads: z.number().int().min(1).max(64).default(4),
    /** Share of attention weights and activations dropped in training. Default 0.1. */
    dropout: z.number().min(0).lt(1).default(0.1),
    /** Default 1e-4; falls along a cosine to a hundredth of it. */
    learningRate: z.number().gt(0).default(1e-4),
    /** The gradients' common norm is clipped to this. Default 1. */
    maxNorm: z.number().gt(0).default(1),
    /** Epochs, at most; see `patience`. Default 100. */
    epochs: z.number().int().min(1).max(100_000).default(100),
    /** Labelled queries per step, at most; an epoch has ⌈queries / batch⌉ steps of nearly equal size. Default 32. */
    batch: z.number().int().min(1).default(32),
    /** Share of the labelled queries held out to choose the epoch; 0 keeps the last epoch. Default 0.1. */
    valSplit: z.number().min(0).max(0.9).default(0.1),
    /** Stop after this many epochs without a better validation. Default 10. Ours; the paper, and `compat`, train all epochs. */
    patience: z.number().int().min(1).default(10),
    /** Training that would need more memory than this, in MB, is refused before it starts. Default 4096. */
    memoryLimit: z.number().gt(0).default(4096),
    ...coTrainFields,
    /** Everything below as published. */
    compat: z.boolean().default(false),
    /**
     * Default: profiles minus their mean, then profiles and queries scaled to one unit of variance a dimension.
     * false, as published: queries of length one, profiles as they come.
     */
    normalize: z.boolean().optional(),
    /** Default: each layer adds to what goes in, so that a profile reaches the predictor whatever it attends to. */
    residual: z.boolean().optional(),
    /**
     * Default: a node's own share of its attention weighs as much as all its neighbours together, however many they are.
     * false, as published: as much as one neighbour.
     */
    balanced: z.boolean().optional(),
    /**
     * What the models attend to in a training step: the queries of the `batch` (default), or `all` training queries,
     * as published, which encodes all of them in every step.
     */
    context: z.enum(['batch', 'all']).optional(),
    /**
     * Targets from outcomes. `soft` (default): each query's scores from its worst (0) to its best (1), weighted by their
     * distance, missing ones left out. `discriminative`, as published: only queries with a 0 and a 1; 1 for the best, 0 for
     * the others, missing ones included.
     */
    labels: z.enum(['soft', 'discriminative']).optional(),
    /**
     * What chooses the epoch: the lowest `loss` on held-out queries (default), or the highest mean `performance` of the
     * models chosen for them, as published; without outcomes it is the loss in any case.
     */
    select: z.enum(['loss', 'performance']).optional(),
  })
  .superRefine(refuseContradictions(repairs))
  .superRefine(refuseCompat)
  .overwrite((given) => ({ ...given, ...decideRepairs(repairs, given) }));

/** Options of `graphRouter`, parsed. Each member tells its default and the published value. */
export type GraphOptions = z.output<typeof graphOptions>;

/** Options with every repair decided. */
export type CompleteGraphOptions = Omit<GraphOptions, keyof GraphRepairs> & GraphRepairs;

export const completeGraphOptions = (given: GraphOptions): CompleteGraphOptions => ({
  ...given,
  ...decideRepairs(repairs, given),
});
