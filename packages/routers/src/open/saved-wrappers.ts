import { parsePart, z, type RouterArtifact } from '@routeprofile/schema';
import { learnedLikeness, type Likeness } from '../wrappers/fallback.js';
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
