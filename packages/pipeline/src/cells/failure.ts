import { RouteProfileError, messageOf } from '@routeprofile/schema';

/** A profile or router of the plan, as far as its failures are concerned. */
interface Part {
  label: string;
  /** Set where it is a plugin's. */
  plugin?: string;
  /** Why the plugin could not be loaded; what stands for it only says so. */
  failure?: string;
}

/**
 * What a profile or router failed with, under its name. What a plugin throws is PLUGIN_FAILED unless it is an error of ours; a
 * built-in strategy cannot fail as a plugin: whatever it did not name itself is INTERNAL.
 */
export function failureOf(
  kind: 'profile' | 'router',
  { label, plugin, failure }: Part,
  error: unknown,
): RouteProfileError {
  const text = `${kind} ${label} failed: ${messageOf(error)}`;
  const ours = RouteProfileError.isInstance(error);
  if (ours && failure !== undefined) return error;
  if (plugin === undefined) {
    if (ours && error.code !== 'PLUGIN_FAILED') return error;
    return new RouteProfileError('INTERNAL', text, {
      hint: 'This is a bug in routeprofile: please report it.',
      cause: error,
    });
  }
  if (ours && (error.code === 'ABORTED' || error.message.includes(label))) return error;
  return new RouteProfileError(ours ? error.code : 'PLUGIN_FAILED', text, { cause: error });
}
