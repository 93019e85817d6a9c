import type { Likeness, QueryDistance, SavedCost } from '@routeprofile/routers';
import {
  RouteProfileError,
  type Candidate,
  type Decision,
  type Encoder,
  type Matrix,
  type QueryBatch,
  type Requirements,
  type Router,
  type RunContext,
} from '@routeprofile/schema';

/** A router in two steps: what reads texts, and what decides on what was read. */
export interface Steps {
  read: (texts: readonly string[], options?: { signal?: AbortSignal }) => Promise<QueryBatch>;
  router: Router;
}

/** What the gateway asks of a router. Whatever `openRouter` or `openRouterFrom` opens is one, its encoder included. */
export interface RequestRouter {
  /** Ids of the candidates it chooses among. */
  models: readonly string[];
  /** One per model: what to call, what it costs, what it can do. */
  candidates: readonly Candidate[];
  /** Names the strategy in records, wrappers included. */
  strategy: string;
  /** Id of the encoder that it reads texts with; null for one that reads none. */
  encoder: string | null;
  /** Beginnings that it does not read, longest first: what is cut of a text comes after them. Default none. */
  sharedPrefixes?: readonly string[];
  /** The model that is best on average over its training data; absent where nobody knows. */
  bestSingle?: string;
  /** By which models are alike; needed by `fallback:next=profile` around it. */
  likeness?: Likeness;
  /** How it weighs dollars, where it was trained with `+cost`. */
  cost?: SavedCost;
  /** Makes what measures how far queries lie from those that it was trained on; absent or undefined where it keeps none of them. */
  queryDistance?: () => QueryDistance | undefined;
  /** Wrappers that it was trained with, and their options. Default none. */
  wrappers?: readonly { name: string; options: Readonly<Record<string, unknown>> }[];
  /**
   * `route` in two steps, as `OpenedRouter` has them, for what learns around the fitted router: what reads texts, and what decides on what
   * was read.
   */
  steps?: Steps;
  /**
   * One decision per text, each with every model that may answer.
   * @param options `ids` name the requests: a router that draws its choices draws by them. `onVectors` is given the vectors of the texts,
   *   before anything is decided; a router that reads none does not call it
   */
  route(
    texts: readonly string[],
    options?: {
      requirements?: readonly (Requirements | null)[];
      ids?: readonly string[];
      signal?: AbortSignal;
      onVectors?: (vectors: Matrix) => void;
    },
  ): Promise<Decision[]>;
}

/** `RequestRouter.route` of what reads texts, and what decides on what was read. */
export const inSteps =
  (read: Steps['read'], decide: Router['decide']): RequestRouter['route'] =>
  async (texts, { requirements, ids, signal, onVectors } = {}) => {
    const batch = await read(texts, { ...(signal && { signal }) });
    if (batch.vectors) onVectors?.(batch.vectors);
    return decide({ ...batch, ...(ids && { ids }), ...(requirements && { requirements }) }, contextOf(signal));
  };

const contextOf = (signal: AbortSignal | undefined): RunContext => ({ seed: 0, ...(signal && { signal }) });

/** What makes a router answer requests. */
export interface RequestRouterParts {
  /** What is called for each model, and what is known of it. Default: each is called by its id. */
  candidates?: readonly Candidate[];
  /** Reads the texts; needed by routers that read vectors. */
  encoder?: Encoder;
  /** Names the router in records. Default `router`. */
  strategy?: string;
  /** As `RequestRouter.bestSingle`. */
  bestSingle?: string;
}

/**
 * A fitted router that stands in memory, as one that answers requests.
 * @throws RouteProfileError BAD_OPTION for candidates that lack one of its models
 */
export function requestRouter(router: Router, parts: RequestRouterParts = {}): RequestRouter {
  const {
    candidates = router.models.map((id) => ({ id, model: id })),
    encoder,
    strategy = 'router',
    bestSingle,
  } = parts;
  const missing = router.models.filter((model) => candidates.every(({ id }) => id !== model));
  if (missing.length > 0)
    throw new RouteProfileError('BAD_OPTION', `there is no candidate for ${missing.join(', ')}`, {
      hint: 'Give one candidate for each model of the router, or omit `candidates`.',
    });
  const read = async (texts: readonly string[], { signal }: { signal?: AbortSignal } = {}): Promise<QueryBatch> => ({
    texts,
    ...(encoder && { vectors: await encoder.encode(texts, contextOf(signal)), encoder: encoder.id }),
  });
  return {
    models: router.models,
    candidates,
    strategy,
    encoder: encoder?.id ?? null,
    ...(bestSingle !== undefined && { bestSingle }),
    steps: { read, router },
    route: inSteps(read, (batch, ctx) => router.decide(batch, ctx)),
  };
}
