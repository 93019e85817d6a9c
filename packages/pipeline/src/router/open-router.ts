import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRouterArtifact } from '@routeprofile/data';
import { promisesOf } from '@routeprofile/routers';
import {
  queryText,
  RouteProfileError,
  type Candidate,
  type Decision,
  type Encoder,
  type Query,
  type Requirements,
  type Router,
  type RouterArtifact,
  type RouterPromise,
  type RunContext,
} from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import { noUserText } from './no-user-text.js';
import { findBlindSpots, type BlindSpots } from '../encoders/blind-spots.js';
import { openSavedEncoder, readingEncoder } from '../encoders/prepare.js';
import { savedRouter } from '../plugins/plugins.js';

/** A saved router without its encoder. */
export interface SavedRouterParts {
  router: Router;
  /** The strategy's name, wrappers included: `knn+cost`. */
  strategy: string;
  /** One for each of the router's models, in their order. */
  candidates: Candidate[];
  /** Id of the encoder that its queries are read with; null for a router that reads no vectors. */
  encoder: string | null;
  /** The profile it was fitted with, in short form. */
  profile: string;
  needsTasks: boolean;
  /** Beginnings that its queries are encoded without. */
  sharedPrefixes: readonly string[];
  options: Record<string, unknown>;
  /** What its wrappers promised in training. */
  promises: RouterPromise[];
}

/** Each model's candidate; one that the file does not describe is called by its id. */
function candidatesOf({ models, candidates = [] }: RouterArtifact['manifest']): Candidate[] {
  const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  return models.map((id) => known.get(id) ?? { id, model: id });
}

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
  return {
    router: await strategy.load(artifact, ctx),
    strategy: strategy.name,
    candidates: candidatesOf(manifest),
    encoder: manifest.encoder,
    profile: manifest.profile ?? 'unknown',
    needsTasks: strategy.needs.includes('tasks'),
    sharedPrefixes: manifest.sharedPrefixes ?? [],
    options: manifest.options,
    promises: promisesOf(manifest),
  };
}

/** What `openRouter` may be told, all optional; `signal`, `logger` and `onProgress` as in every `RunContext`. */
export interface OpenRouterOptions extends Pick<RunContext, 'signal' | 'logger' | 'onProgress'> {
  /** The router's code file, where it was made by one: it is run only when named here. */
  plugin?: string;
  /** An encoder of one's own in place of the saved router's, with the same id; it is not disposed of. */
  encoder?: string | Encoder;
  /** Folder of the embedding cache; default the platform's. */
  cache?: string;
}

/** What may be said of the queries of one `route` call; lists have one entry per query. */
export interface RouteOptions extends Pick<RunContext, 'signal' | 'onProgress'> {
  /** Task labels, for routers that read them; others never see them. */
  tasks?: readonly (string | null)[];
  /** What the answering model must be able to do, for routers wrapped in `constraints`. */
  requirements?: readonly (Requirements | null)[];
}

/** A saved router with everything that it needs to answer. */
export interface OpenRouter {
  /** Ids of the candidates it chooses among, in the order by which ties break. */
  models: readonly string[];
  /** One per model, in that order: what to call, with which settings, and what is known of it. */
  candidates: readonly Candidate[];
  /** The strategy's name, wrappers included: `knn+cost`. */
  strategy: string;
  /** Id of the encoder that it reads queries with; null for a router that reads no vectors. */
  encoder: string | null;
  /** The profile it was fitted with, in short form; `unknown` where the file does not say. */
  profile: string;
  /**
   * One decision per query, in order. A decision names candidates by id; `candidates` says what to call.
   * @throws RouteProfileError ENCODER_FAILED, NETWORK, ABORTED, BAD_OPTION for what is not a list, BAD_INPUT for a chat in which
   *   no user says anything, SHAPE_MISMATCH for lists of another length
   */
  route(queries: readonly Query[], options?: RouteOptions): Promise<Decision[]>;
  /** What its encoder cannot tell of some queries; null for a router that reads no vectors. */
  blindSpots(queries: readonly Query[]): Promise<BlindSpots | null>;
  /** Frees the encoder; the router is of no use afterwards. */
  dispose(): Promise<void>;
}

const textsOf = (queries: readonly Query[]): string[] =>
  queries.map((query, i) => {
    const text = queryText(query);
    if (text === null) throw noUserText(`query ${i + 1}`);
    return text;
  });

async function encoderOf(
  id: string,
  folder: string,
  { encoder, cache = defaultCacheFolder() }: OpenRouterOptions,
  ctx: RunContext,
): Promise<Encoder> {
  if (encoder === undefined || typeof encoder === 'string')
    return openSavedEncoder(id, { flag: encoder }, folder, { cache }, ctx);
  if (encoder.id === id) return encoder;
  throw new RouteProfileError('BAD_OPTION', `${folder} was made with the encoder ${id}, not with ${encoder.id}`, {
    hint: 'Omit the encoder, or give that one.',
  });
}

/** For programs without types. @throws RouteProfileError BAD_OPTION */
function assertList(queries: unknown): void {
  if (!Array.isArray(queries))
    throw new RouteProfileError('BAD_OPTION', `route: the queries must be a list, and are a ${typeof queries}`, {
      hint: "A single query is a list of one: route(['What is 17 * 3?']).",
    });
}

/** @throws RouteProfileError SHAPE_MISMATCH */
function assertOnePerQuery(what: string, list: readonly unknown[] | undefined, queries: number): void {
  if (list !== undefined && list.length !== queries)
    throw new RouteProfileError('SHAPE_MISMATCH', `route: ${list.length} ${what} for ${queries} queries`, {
      hint: `Give one of \`${what}\` per query, null where there is none.`,
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
  const loaded = await loadSavedRouter(folder, plugin, ctx);
  const { router, strategy, candidates, profile, needsTasks } = loaded;
  const encoder = loaded.encoder === null ? undefined : await encoderOf(loaded.encoder, folder, options, ctx);
  const reading = encoder && readingEncoder(encoder, loaded);
  return {
    models: router.models,
    strategy,
    candidates,
    encoder: loaded.encoder,
    profile,
    async route(queries, { tasks, requirements, ...rest } = {}) {
      assertList(queries);
      assertOnePerQuery('tasks', tasks, queries.length);
      assertOnePerQuery('requirements', requirements, queries.length);
      const texts = textsOf(queries);
      const asked: RunContext = { ...ctx, ...rest };
      return router.decide(
        {
          texts,
          ...(reading && encoder && { vectors: await reading.encode(texts, asked), encoder: encoder.id }),
          ...(needsTasks && { tasks: tasks ?? texts.map(() => null) }),
          ...(requirements && { requirements }),
        },
        asked,
      );
    },
    blindSpots: async (queries) => (reading ? findBlindSpots(reading, textsOf(queries), 'all', ctx) : null),
    async dispose() {
      if (encoder && encoder !== options.encoder) await encoder.dispose?.();
    },
  };
}
