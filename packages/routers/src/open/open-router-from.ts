import {
  noUserText,
  queryText,
  RouteProfileError,
  withoutPrefixes,
  type Candidate,
  type Decision,
  type Encoder,
  type Matrix,
  type Query,
  type QueryBatch,
  type Requirements,
  type Router,
  type RouterArtifact,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';
import type { Likeness } from '../wrappers/fallback.js';
import { savedQueryDistance, type QueryDistance } from './query-distance.js';
import { savedCost, savedLikeness, savedWrappers, type SavedCost, type SavedWrapper } from './saved-wrappers.js';
import { savedStrategy, type KnownStrategies } from './saved-strategy.js';

/** What may be said of the queries of one `route` call; lists have one entry per query. */
export interface RouteOptions extends Pick<RunContext, 'signal' | 'onProgress'> {
  /** Task labels, for routers that read them; others never see them. */
  tasks?: readonly (string | null)[];
  /** Name the queries: what draws its choices draws by them. Default: by their texts. */
  ids?: readonly string[];
  /** What the answering model must be able to do, for routers wrapped in `constraints`. */
  requirements?: readonly (Requirements | null)[];
  /** Is given the vectors of the queries, [queries × dimensions], before anything is decided; not called by a router that reads none. */
  onVectors?: (vectors: Matrix) => void;
}

/** A saved router with everything that it needs to answer. */
export interface OpenedRouter {
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
  /** The model that its training rows speak for, whatever the query; absent where the file does not say. */
  bestSingle?: string;
  /** Wrappers that it was trained with, innermost first, and their options. */
  wrappers: readonly SavedWrapper[];
  /** By which models are alike, where it was trained with `+fallback:next=profile`. */
  likeness?: Likeness;
  /** How it weighs dollars, where it was trained with `+cost`. */
  cost?: SavedCost;
  /** Beginnings that many training queries shared, longest first: queries are encoded without them. */
  sharedPrefixes: readonly string[];
  /**
   * Makes what measures how far queries lie from those that it was trained on (see `savedQueryDistance`); undefined for a router that
   * keeps none of them. Takes up to a tenth of a second.
   */
  queryDistance: () => QueryDistance | undefined;
  /** `route` in two steps, for what goes between them: reading queries, and the fitted router, which decides on what was read. */
  steps: {
    /** @throws RouteProfileError as `route` does */
    read(
      queries: readonly Query[],
      options?: Pick<RouteOptions, 'tasks' | 'signal' | 'onProgress'>,
    ): Promise<QueryBatch>;
    router: Router;
  };
  /**
   * One decision per query, in order. A decision names candidates by id; `candidates` says what to call.
   * @throws RouteProfileError ENCODER_FAILED, NETWORK, ABORTED, BAD_OPTION for what is not a list, BAD_INPUT for a chat in which
   *   no user says anything, SHAPE_MISMATCH for lists of another length
   */
  route(queries: readonly Query[], options?: RouteOptions): Promise<Decision[]>;
}

/** What opens a saved router: the strategy that made it, or those to find it among, and its encoder. */
export type RouterParts = ({ strategy: RouterStrategy } | KnownStrategies) &
  Pick<RunContext, 'signal' | 'logger' | 'onProgress'> & {
    /** The encoder whose vectors it was fitted on; not needed by a router that reads none. */
    encoder?: Encoder;
  };

/** Each model's candidate; one that the file does not describe is called by its id. */
function candidatesOf({ models, candidates = [] }: RouterArtifact['manifest']): Candidate[] {
  const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  return models.map((id) => known.get(id) ?? { id, model: id });
}

/** The texts that a router sees. @throws RouteProfileError BAD_INPUT for a chat in which no user says anything */
export const textsOf = (queries: readonly Query[]): string[] =>
  queries.map((query, i) => {
    const text = queryText(query);
    if (text === null) throw noUserText(`query ${i + 1}`);
    return text;
  });

/** For programs without types. @throws RouteProfileError BAD_OPTION */
function assertList(queries: unknown): void {
  if (!Array.isArray(queries))
    throw new RouteProfileError('BAD_OPTION', `route: the queries must be a list, and are a ${typeof queries}`, {
      hint: "A single query is a list of one: route(['What is 17 * 3?']).",
    });
  const odd = queries.findIndex((query) => typeof query !== 'string' && !Array.isArray(query));
  if (odd >= 0)
    throw new RouteProfileError('BAD_OPTION', `route: query ${odd + 1} is neither a text nor a list of messages`, {
      hint: 'A single chat is a list of one too: route([messages]).',
    });
}

/** @throws RouteProfileError SHAPE_MISMATCH */
function assertOnePerQuery(what: string, list: readonly unknown[] | undefined, queries: number): void {
  if (list !== undefined && list.length !== queries)
    throw new RouteProfileError('SHAPE_MISMATCH', `route: ${list.length} ${what} for ${queries} queries`, {
      hint: `Give one of \`${what}\` per query, null where there is none.`,
    });
}

/** @throws RouteProfileError BAD_OPTION for an encoder that is missing, or another than the router was fitted on */
function assertEncoder(needed: string | null, given: Encoder | undefined): void {
  if (needed === null || needed === given?.id) return;
  const instead = given === undefined ? 'none is given' : `the one given is ${given.id}`;
  throw new RouteProfileError('BAD_OPTION', `this router reads queries with the encoder ${needed}, and ${instead}`, {
    hint: `Give the encoder ${needed} as \`encoder\`.`,
  });
}

/** A loaded router that decides on texts and chats. @param encoder its own, which reads the queries */
export function routerOnQueries(
  router: Router,
  { name, needs }: Pick<RouterStrategy, 'name' | 'needs'>,
  artifact: RouterArtifact,
  encoder: Encoder | undefined,
  ctx: RunContext,
): OpenedRouter {
  const { manifest } = artifact;
  const likeness = savedLikeness(artifact);
  const cost = savedCost(artifact);
  const { sharedPrefixes = [] } = manifest;
  const reading = manifest.encoder === null ? undefined : encoder && withoutPrefixes(encoder, sharedPrefixes);
  const read: OpenedRouter['steps']['read'] = async (queries, { tasks, ...rest } = {}) => {
    assertList(queries);
    assertOnePerQuery('tasks', tasks, queries.length);
    const texts = textsOf(queries);
    return {
      texts,
      ...(reading && { vectors: await reading.encode(texts, { ...ctx, ...rest }), encoder: reading.id }),
      ...(needs.includes('tasks') && { tasks: tasks ?? texts.map(() => null) }),
    };
  };
  return {
    models: router.models,
    candidates: candidatesOf(manifest),
    strategy: name,
    encoder: manifest.encoder,
    profile: manifest.profile ?? 'unknown',
    sharedPrefixes,
    ...(manifest.bestSingle !== undefined && { bestSingle: manifest.bestSingle }),
    wrappers: savedWrappers(manifest),
    ...(likeness && { likeness }),
    ...(cost && { cost }),
    queryDistance: () => savedQueryDistance(artifact),
    steps: { read, router },
    async route(queries, { tasks, ids, requirements, onVectors, ...rest } = {}) {
      assertList(queries);
      assertOnePerQuery('ids', ids, queries.length);
      assertOnePerQuery('requirements', requirements, queries.length);
      const batch = await read(queries, { ...(tasks && { tasks }), ...rest });
      if (batch.vectors) onVectors?.(batch.vectors);
      return router.decide(
        { ...batch, ...(ids && { ids }), ...(requirements && { requirements }) },
        { ...ctx, ...rest },
      );
    },
  };
}

/**
 * Opens a saved router from what its files hold, without any file: in a browser, in a worker runtime, or wherever the artifact comes
 * from. In Node, `openRouter(folder)` of `@routeprofile/pipeline` does all of it.
 * @param artifact as `unpackRouter`, or `readRouterArtifact` of `@routeprofile/data`, gives it
 * @throws RouteProfileError UNKNOWN_NAME for a strategy that is not given, CORRUPT_FILE for an artifact that the strategy did not
 *   write, BAD_OPTION without the encoder that it needs, or with another
 */
export async function openRouterFrom(artifact: RouterArtifact, parts: RouterParts): Promise<OpenedRouter> {
  const { encoder, signal, logger, onProgress } = parts;
  const { manifest } = artifact;
  const ctx: RunContext = { seed: manifest.seed, signal, logger, onProgress };
  const strategy = 'strategy' in parts ? parts.strategy : savedStrategy(manifest, parts);
  assertEncoder(manifest.encoder, encoder);
  return routerOnQueries(await strategy.load(artifact, ctx), strategy, artifact, encoder, ctx);
}
