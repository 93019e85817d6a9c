import { RouteProfileError, type RunConfig } from '@routeprofile/schema';
import { openBackend } from '../backend.js';
import type { LoadFailures } from '../cells/plan.js';
import { isBuiltInProfile, isBuiltInRouter, pluginFingerprint } from '../plugins/plugins.js';
import { worksAlone } from '../plugins/trust.js';
import type { CellsManifest } from './manifest.js';

/** What may run or be asked on a worker, as the person who started it said. A run in a database cannot decide that. */
export interface TrustedParts {
  /** Packages or files, named as the run names them. */
  plugins: readonly string[];
  /** As the run names it; needed where it does not work alone. */
  encoder?: string | undefined;
  /** Folder of cached embeddings; default the platform's. */
  cache?: string | undefined;
}

/** What a run would run or ask on a worker. */
interface Wanted {
  /** Names of plugins. */
  plugins: readonly string[];
  /** As the run's config names it. */
  encoder: string;
}

/** The plugins of a config, but for those that could not be loaded where the run began. */
export const wantedBy = (
  { profile, router, encoder }: Pick<RunConfig, 'profile' | 'router' | 'encoder'>,
  failures: LoadFailures,
): Wanted => ({
  plugins: [
    ...profile.filter(({ name }) => !isBuiltInProfile(name)),
    ...router.filter(({ name }) => !isBuiltInRouter(name)),
  ].flatMap(({ name }) => (failures.has(name) ? [] : [name])),
  encoder,
});

/** @throws RouteProfileError BAD_OPTION naming what would run, and how to allow it */
export function assertTrusted({ plugins, encoder }: Wanted, trusted: TrustedParts): void {
  const foreign = plugins.find((name) => !trusted.plugins.includes(name));
  if (foreign !== undefined)
    throw new RouteProfileError('BAD_OPTION', `the run uses the plugin ${foreign}, whose code would run here`, {
      hint: `A database cannot decide that. If you trust that plugin, install it here and name it: --plugin ${foreign}`,
    });
  if (worksAlone(encoder) || encoder === trusted.encoder) return;
  throw new RouteProfileError('BAD_OPTION', `the run uses the encoder ${encoder}, which may run code or send texts`, {
    hint: `A database cannot decide that. If you trust that encoder, name it: --encoder ${encoder}`,
  });
}

/** @throws RouteProfileError for a run whose results would not be the same here */
export async function assertSameParts(
  { plugins, encoder, backend }: CellsManifest,
  trusted: TrustedParts,
): Promise<void> {
  assertTrusted({ plugins: Object.keys(plugins), encoder }, trusted);
  for (const [name, hash] of Object.entries(plugins))
    if (pluginFingerprint(name) !== hash)
      throw new RouteProfileError('UNSUPPORTED', `the plugin ${name} is missing here, or its code is another`, {
        hint: 'Install the same version of it on both machines.',
      });
  // Results differ in their last digits between backends: cells are computed with that of the run.
  await openBackend(backend);
}
