import { parsePart, z, type RouterArtifact } from '@routeprofile/schema';
import { costState } from '../wrappers/cost.js';
import { learnedLikeness, type Likeness } from '../wrappers/fallback.js';
import type { Pacing } from '../wrappers/pacing.js';
import { compositeState, withPrefix } from '../wrappers/wrap-strategy.js';

/** A wrapper that a saved router was trained with. */
export interface SavedWrapper {
  name: string;
  options: Readonly<Record<string, unknown>>;
}

const optionsSchema = z.object({
  wrappers: z.array(z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) })),
});

/** Those of a router, innermost first. Options of a router without wrappers are its own, whatever they are called. */
export const savedWrappers = ({ strategy, options }: RouterArtifact['manifest']): SavedWrapper[] =>
  strategy.includes('+') ? (optionsSchema.safeParse(options).data?.wrappers ?? []) : [];

/**
 * Profiles that a saved router has for its stand-ins, as one trained with `+fallback:next=profile` does; undefined for any other.
 * @throws RouteProfileError CORRUPT_FILE
 */
export function savedLikeness({ manifest, weights }: RouterArtifact): Likeness | undefined {
  const place = savedWrappers(manifest).findIndex(
    ({ name, options }) => name === 'fallback' && options['next'] === 'profile',
  );
  if (place < 0) return undefined;
  const { wrappers } = parsePart(manifest.strategy, 'state', compositeState, manifest.state);
  return learnedLikeness({ state: wrappers[place] ?? {}, weights: withPrefix(`wrapper${place}`, weights) });
}

/** How a router trained with `+cost` weighs dollars. */
export interface SavedCost {
  /** λ, in chances of being right (or score units) per dollar. */
  lambda: number;
  /** How λ may be moved while a budget is spent; absent where λ was given, or training rows could not tell. */
  pacing?: Pacing;
}

/**
 * The cost weight of a saved router; undefined for one that was trained without `+cost`. Of several the outermost, which undoes no other.
 * @throws RouteProfileError CORRUPT_FILE
 */
export function savedCost({ manifest }: Pick<RouterArtifact, 'manifest'>): SavedCost | undefined {
  const place = savedWrappers(manifest).findLastIndex(({ name }) => name === 'cost');
  if (place < 0) return undefined;
  const { wrappers } = parsePart(manifest.strategy, 'state', compositeState, manifest.state);
  const { lambda, pacing } = parsePart(manifest.strategy, 'state', costState, wrappers[place]);
  return { lambda, ...(pacing && { pacing }) };
}
