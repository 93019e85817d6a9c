import { z } from '@routeprofile/schema';
import type { ItemResponseChoice } from '@routeprofile/numerics';

const auto = z.literal('auto');

export const irtOptions = z.strictObject({
  /** Abilities a model has; `auto`, here as below: chosen by cross-validation over training queries. */
  dimensions: z.union([z.number().int().min(1).max(64), auto]).default('auto'),
  /** Principal components of the query vectors that discrimination and difficulty depend on. */
  width: z.union([z.number().int().min(1).max(512), auto]).default('auto'),
  /** Precision of the prior on what discrimination depends on of the query. */
  ridge: z.union([z.number().gt(0), auto]).default('auto'),
});
/** Options of `irtProfile`, parsed. All default to `auto`. */
export type IrtOptions = z.output<typeof irtOptions>;

/** What is not to be chosen. A rank that is asked for is never replaced by one constant order. */
export const fixedChoice = ({ dimensions, width, ridge }: IrtOptions): Partial<ItemResponseChoice> => ({
  ...(dimensions !== 'auto' && { dimensions, constant: false }),
  ...(width !== 'auto' && { width }),
  ...(ridge !== 'auto' && { ridge }),
});
