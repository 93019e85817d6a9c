import { readRouterArtifact } from '@routeprofile/data';
import type { Router, RunContext } from '@routeprofile/schema';
import { savedRouter } from '../plugins.js';

/** A router read from its folder, with what its queries need. */
export interface OpenedRouter {
  router: Router;
  strategy: string;
  encoder: string | null;
  profile: string;
  needsTasks: boolean;
  /** Beginnings that its queries are encoded without. */
  sharedPrefixes: readonly string[];
  options: Record<string, unknown>;
}

/**
 * A saved router, its strategy found by the name in its file.
 * @param plugin the package or code file that may be run for it, where the strategy is not built in
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE; BAD_OPTION where a plugin has to be named
 */
export async function openRouter(dir: string, plugin: string | undefined, ctx: RunContext): Promise<OpenedRouter> {
  const artifact = await readRouterArtifact(dir);
  const strategy = await savedRouter(artifact.manifest, plugin, dir);
  return {
    router: await strategy.load(artifact, ctx),
    strategy: strategy.name,
    encoder: artifact.manifest.encoder,
    profile: artifact.manifest.profile ?? 'unknown',
    needsTasks: strategy.needs.includes('tasks'),
    sharedPrefixes: artifact.manifest.sharedPrefixes ?? [],
    options: artifact.manifest.options,
  };
}
