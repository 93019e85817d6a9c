import { z } from '@routeprofile/schema';

/** Options that `mlp` and `graph` share. */
export const coTrainFields = {
  /**
   * Trains the profiles together with the router: the gradient of the routing loss flows into a function that changes
   * them, starting from no change.
   * `adapter`: each profile plus a learned function of it. `residual`: the same, plus a free vector for each model with
   * training rows, which a model without any, or one that joins later, does not have. `keyed`: each profile plus a learned
   * function of the model's scores by task, for profile sets that carry keyed scores.
   * The functions bend (ELU): a linear one would be one matrix with the first layer of the router.
   * `none` is the default, as no kind is better throughout (share of pairs ranked right, `bench/co-training.mjs`, standard
   * errors .004 to .011): all kinds gain .008 to .025 on profiles of `advantage` with known models, where the frozen ones
   * are .04 to .05 behind those of text; on text profiles `keyed` loses .007 to .014 with known models and gains .007 to .023 on a
   * model without training rows; the rest is noise.
   */
  coTrain: z.enum(['none', 'adapter', 'residual', 'keyed']).default('none'),
  /** Width of the learned function. Default 16. */
  coTrainRank: z.number().int().min(1).max(1024).default(16),
  /** Times the router's learning rate. Default 10. */
  coTrainRate: z.number().gt(0).default(10),
  /** Pull of the learned change to none, a step's share of it being the profile's learning rate times this. Default 0.1. */
  coTrainDecay: z.number().min(0).default(0.1),
};

/** Options by which `mlp` and `graph` train the profiles along with themselves, parsed. Default: `coTrain` is `none`. */
export type CoTrainOptions = z.infer<z.ZodObject<typeof coTrainFields>>;

/** What is co-trained; `none` is not. */
export type CoTrainKind = Exclude<CoTrainOptions['coTrain'], 'none'>;

/** For `superRefine`: the published routers take profiles as they are. */
export function refuseCompat(
  { compat, coTrain }: { compat: boolean; coTrain: CoTrainOptions['coTrain'] },
  context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  if (compat && coTrain !== 'none')
    context.addIssue({
      code: 'custom',
      path: ['coTrain'],
      message: 'compat: true means coTrain=none; leave out one of the two',
    });
}
