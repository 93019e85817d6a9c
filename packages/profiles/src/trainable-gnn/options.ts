import { z } from '@routeprofile/schema';
import { decideRepairs, refuseContradictions, type Repairs } from '../common/compat.js';

export interface TrainableGnnRepairs {
  scores: 'messages' | 'unused';
  skip: boolean;
  signed: boolean;
  masking: 'removed' | 'independent';
  targets: 'per-task' | 'global';
  nodeLoss: 'relative' | 'raw';
  nodeSample: number;
  holdOut: number;
  learningRate: number;
}

const repairs: Repairs<TrainableGnnRepairs> = {
  repaired: {
    scores: 'messages',
    skip: true,
    signed: true,
    masking: 'removed',
    targets: 'per-task',
    nodeLoss: 'relative',
    nodeSample: 256,
    holdOut: 0.15,
    learningRate: 1e-3,
  },
  published: {
    scores: 'unused',
    skip: false,
    signed: false,
    masking: 'independent',
    targets: 'global',
    nodeLoss: 'raw',
    nodeSample: 0,
    holdOut: 0,
    learningRate: 1e-4,
  },
};

const share = z.number().min(0).lt(1);

export const trainableGnnOptions = z
  .strictObject({
    /** Attention layers: a profile sees nodes this many edges away. Default 2. */
    layers: z.number().int().min(1).max(4).default(2),
    /** Width between layers. Default 256. */
    hidden: z.number().int().min(1).max(4096).default(256),
    /** Attention heads of every layer but the last, which has one. Must divide `hidden`. Default 4. */
    heads: z.number().int().min(1).max(64).default(4),
    /** Full passes over the graph, one optimizer step each. Default 100. */
    epochs: z.number().int().min(1).max(100_000).default(100),
    /** Share of the nodes of each type whose features are hidden in an epoch, to be reconstructed. Default 0.3. */
    nodeMask: share.default(0.3),
    /** Share of the scored edges whose score is to be predicted in an epoch. Default 0.3. */
    edgeMask: share.default(0.3),
    /** Weight of the edge loss beside the node loss. Default 1. */
    edgeWeight: z.number().min(0).default(1),
    /** Dropout of attention weights in training. Default 0.1. */
    dropout: share.default(0.1),
    /** Decoupled weight decay of AdamW. Default 1e-4. */
    weightDecay: z.number().min(0).default(1e-4),
    /** Gradients are clipped to this common norm. Default 1. */
    maxNorm: z.number().gt(0).default(1),
    /** Epochs between checkpoints, for contexts that have a store. Default 20. */
    checkpointEvery: z.number().int().min(1).default(20),
    /** Everything below as published. `learningRate` alone may be set beside it, as it could be there. */
    compat: z.boolean().default(false),
    /** Scores steer attention and messages (default), or are known to the loss alone, as published. */
    scores: z.enum(['messages', 'unused']).optional(),
    /** Every layer adds the node's own features, untouched by attention. Default true; false as published. */
    skip: z.boolean().optional(),
    /** Messages keep their sign (default), or pass a ReLU that makes every profile non-negative, as published. */
    signed: z.boolean().optional(),
    /**
     * `removed` (default): an edge to be predicted is taken out of the messages, in both directions; `independent`: as
     * published, directions are drawn apart and the edge stays where it is.
     */
    masking: z.enum(['removed', 'independent']).optional(),
    /** Scores to predict: standardised within each task and kind of source (default), or scaled to [0, 1] over all tasks, as published. */
    targets: z.enum(['per-task', 'global']).optional(),
    /** Reconstruction error as a share of the type's variance (default), or as it is, as published. */
    nodeLoss: z.enum(['relative', 'raw']).optional(),
    /**
     * Of the hidden nodes of a type, at most this many are reconstructed in an epoch, drawn anew each time: the mean over them
     * stands for the mean over all, at a fraction of the work where there are thousands. Default 256; 0 for all, as published.
     */
    nodeSample: z.number().int().min(0).optional(),
    /**
     * Share of the scored edges that training never sees; the weights kept are those that predict them best. Default 0.15; 0 as
     * published: the weights kept are those after the epoch of lowest training loss.
     */
    holdOut: z.number().min(0).max(0.5).optional(),
    /** Peak of the cosine schedule, which ends at a twentieth of it. Default 1e-3; 1e-4 as published. */
    learningRate: z.number().gt(0).max(1).optional(),
  })
  .superRefine((given, context) => {
    refuseContradictions(repairs)({ ...given, learningRate: undefined }, context);
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (given.hidden % given.heads !== 0) wrong('heads', `${given.heads} heads do not divide ${given.hidden} columns`);
    if (given.nodeMask === 0 && given.edgeMask === 0)
      wrong('nodeMask', 'with both masks at 0 there is nothing to learn');
  })
  .overwrite((given) => ({ ...given, ...decideRepairs(repairs, given) }));

/** Options of `trainableGnnProfile`, parsed. Each member tells its default and the published value. */
export type TrainableGnnOptions = z.output<typeof trainableGnnOptions>;

/** Options with every repair decided. */
export type CompleteTrainableGnnOptions = Omit<TrainableGnnOptions, keyof TrainableGnnRepairs> & TrainableGnnRepairs;

export const completeTrainableGnnOptions = (given: TrainableGnnOptions): CompleteTrainableGnnOptions => ({
  ...given,
  ...decideRepairs(repairs, given),
});
