import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRouterArtifact } from '@routeprofile/data';
import { routerOnQueries, textsOf, type OpenedRouter } from '@routeprofile/routers';
import {
  RouteProfileError,
  type Encoder,
  type Query,
  type Router,
  type RouterArtifact,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import { findBlindSpots, type BlindSpots } from '../encoders/blind-spots.js';
import { openSavedEncoder, readingEncoder } from '../encoders/prepare.js';
import { savedRouter } from '../plugins/plugins.js';

/** A saved router without its encoder. */
export interface SavedRouterParts {
  router: Router;
  strategy: RouterStrategy;
  manifest: RouterArtifact['manifest'];
  artifact: RouterArtifact;
}

/** Texts whose vectors are kept: a router that serves requests is given ever new ones. */
const REMEMBERED = 1_000;

/** Routers that an error names. */
const MOST_NAMED = 5;

/** The routers of a run lie in folders of their own. @throws RouteProfileError MISSING_FILE */
async function assertRouterFolder(folder: string): Promise<void> {
  const names = await readdir(join(folder, 'routers')).catch(() => []);
  if (names.length === 0) return;
  const shown = names.slice(0, MOST_NAMED).map((name) => join(folder, 'routers', name));
  throw new RouteProfileError('MISSING_FILE', `${folder} holds a whole run, not one router`, {
    hint: `Name one of its routers: ${shown.join(', ')}${names.length > shown.length ? `, or one of ${names.length - shown.length} more` : ''}.`,
  });
}

/**
 * A saved router, its strategy and wrappers found by the name in its file.
 * @param plugin the code file that may be run for it, if any
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE, UNKNOWN_NAME for a strategy that is not installed, BAD_OPTION for one
 *   that is a code file which `plugin` does not name
 */
export async function loadSavedRouter(
  folder: string,
  plugin: string | undefined,
  ctx: RunContext,
): Promise<SavedRouterParts> {
  await assertRouterFolder(folder);
  const artifact = await readRouterArtifact(folder);
  const { manifest } = artifact;
  const strategy = await savedRouter(manifest, plugin, folder);
  return { router: await strategy.load(artifact, ctx), strategy, manifest, artifact };
}

/** What `openRouter` may be told, all optional; `signal`, `logger` and `onProgress` as in every `RunContext`. */
export interface OpenRouterOptions extends Pick<RunContext, 'signal' | 'logger' | 'onProgress'> {
  /** The router's code file, where it was made by one: it is run only when named here. */
  plugin?: string;
  /**
   * An encoder of one's own in place of the saved router's, with the same id, or what opens one by that id; it is not disposed of. A text
   * names one to open.
   */
  encoder?: string | Encoder | ((id: string) => Promise<Encoder>);
  /** Folder of the embedding cache; default the platform's. */
  cache?: string;
}

/** A saved router with everything that it needs to answer, its encoder included. */
export interface OpenRouter extends OpenedRouter {
  /** What its encoder cannot tell of some queries; null for a router that reads no vectors. */
  blindSpots(queries: readonly Query[]): Promise<BlindSpots | null>;
  /** Frees the encoder; the router is of no use afterwards. */
  dispose(): Promise<void>;
}

async function encoderOf(
  id: string,
  folder: string,
  { encoder: given, cache = defaultCacheFolder() }: OpenRouterOptions,
  ctx: RunContext,
): Promise<Encoder> {
  if (given === undefined || typeof given === 'string')
    return openSavedEncoder(id, { flag: given }, folder, { cache, remembers: REMEMBERED }, ctx);
  const encoder = typeof given === 'function' ? await given(id) : given;
  if (encoder.id === id) return encoder;
  throw new RouteProfileError('BAD_OPTION', `${folder} was made with the encoder ${id}, not with ${encoder.id}`, {
    hint: 'Omit the encoder, or give that one.',
  });
}

/**
 * Opens a router folder that `run`, `router train` or `router add-model` wrote: strategy, wrappers, encoder and shared prefixes.
 * @throws RouteProfileError what `loadSavedRouter` throws, BAD_OPTION for another encoder than the router was fitted on, and what
 *   opening the encoder throws
 */
export async function openRouter(folder: string, options: OpenRouterOptions = {}): Promise<OpenRouter> {
  const { plugin, signal, logger, onProgress } = options;
  const ctx: RunContext = { seed: 42, signal, logger, onProgress };
  const { router, strategy, manifest, artifact } = await loadSavedRouter(folder, plugin, ctx);
  const encoder = manifest.encoder === null ? undefined : await encoderOf(manifest.encoder, folder, options, ctx);
  const reading = encoder && readingEncoder(encoder, manifest);
  return {
    ...routerOnQueries(router, strategy, artifact, encoder, ctx),
    blindSpots: async (queries) => (reading ? findBlindSpots(reading, textsOf(queries), 'all', ctx) : null),
    async dispose() {
      if (options.encoder === undefined || typeof options.encoder === 'string') await encoder?.dispose?.();
    },
  };
}
