import type { z } from 'zod';
import type { RunContext } from './context.js';
import type { Candidate, ModelCard } from './dataset.js';
import type { Matrix, NamedArray } from './matrix.js';
import type { ProfileSet } from './profile.js';
import type { QueryBatch, RouterTraining } from './training.js';

/** What a router is fitted on: candidates, their profiles, and training rows. It never holds test rows. */
export interface RouterInput {
  /** Ids of the candidates in order: ties break by it. */
  models: readonly string[];
  /** Prices, limits and capabilities, in the order of `models`. */
  candidates: readonly Candidate[];
  /** The candidates' cards, for routers that read task scores. */
  cards: readonly ModelCard[];
  profiles: ProfileSet;
  training: RouterTraining;
}

/** Why a model was chosen, for people. */
export interface Reason {
  /** A stable word, such as `similarity`, `neighbours`, `task`, `fallback`. */
  kind: string;
  text: string;
  /** The model that it speaks of, where a wrapper chose another in the end; the text names it too. */
  model?: string;
}

/** One model in a decision's ranking. A figure that the router does not know is absent. */
export interface RankedModel {
  /** The candidate's id. */
  model: string;
  /** Higher is better; comparable within one decision only. */
  score: number;
  /** Chance of a correct answer, if calibrated. */
  probability?: number;
  /** The chance before a learner changed it: that of the fitted router. Absent where nothing was learned. */
  fitted?: number;
  /** What choosing it is worth, in chances of a correct answer, where more than the chance counts: less the weight of its cost, say. */
  value?: number;
  /** Dollars of this call. */
  expectedCost?: number;
  /** Seconds of this call. */
  expectedLatency?: number;
}

/** Which model should answer one query, and why. */
export interface Decision {
  /** The id of the candidate chosen. */
  model: string;
  /** Every model that may answer, best first; the first is `model`. All that the router knows, unless a wrapper rules some out. */
  ranked: RankedModel[];
  reasons: Reason[];
  /** Chance in (0, 1] with which `model` was drawn, from whatever draws; absent: nothing was drawn, so that it is 1. */
  propensity?: number;
}

/** A fitted router as files hold it: `router.json` and `weights.npz`. */
export interface RouterArtifact {
  manifest: {
    version: 1;
    /** `RouterStrategy.name`. */
    strategy: string;
    options: Record<string, unknown>;
    /** Ids of the candidates, in the order by which ties break. */
    models: string[];
    /**
     * What is called for each id, and what is known of it, so that the router can serve alone; written by whoever wires the
     * layers. Absent in files of earlier versions; an id that is not listed is called by that name.
     */
    candidates?: Candidate[];
    /** The encoder whose vectors it was fitted on; null when it reads none. */
    encoder: string | null;
    /** Length of those vectors. */
    dimensions: number | null;
    seed: number;
    /** The name it was asked for by (a package or a file, with wrappers), where that is a plugin's; written by whoever wires the layers. */
    reference?: string;
    /** The profile it was fitted with, in short form; written by whoever wires the layers. */
    profile?: string;
    /** Beginnings that queries are encoded without; written by whoever wires the layers. */
    sharedPrefixes?: string[];
    /** The model that its training rows speak for, whatever the query (`bestSingle`); written by whoever wires the layers. Absent in files of earlier versions. */
    bestSingle?: string;
    /** Anything else the strategy wants back, as JSON. */
    state: Record<string, unknown>;
  };
  /** Arrays of `weights.npz` by name, float32. */
  weights: Record<string, NamedArray>;
}

/** What a fitted router is given when models join it. */
export interface JoiningModels {
  /** One set with the router's own models and those that join. */
  profiles: ProfileSet;
  /** Cards of those that join, for routers that read task scores. */
  cards: readonly ModelCard[];
}

/** A fitted router. Scores tie by the order of `models`; a score that is not finite is an error, never a choice. */
export interface Router {
  /** The models it chooses among, in the order by which ties break. */
  models: readonly string[];
  /** One decision per query, in order; depends on nothing asked before. */
  decide(queries: QueryBatch, ctx?: RunContext): Promise<Decision[]>;
  /** Everything `RouterStrategy.load` needs to make the same router again. */
  save(): Promise<RouterArtifact>;
  /**
   * One decision per training query, in order, each by fits that had not seen the query: there where fitting made them anyway, as
   * that of a router which cross-validates its parts does. They spare whoever judges routers on training data further fits. Never saved.
   */
  outOfFold?(): Decision[];
}

/**
 * The score of a model from the query and one row of numbers of that model alone, so that models which the router was not fitted on can be
 * scored, and a catalogue searched for those worth scoring; see `withRetrieval` of `@routeprofile/routers`.
 */
export interface RowScoring {
  /** What an index of rows must compare by; rows for `cosine` have length 1, so that both do. */
  metric: 'cosine' | 'dot';
  /** Scores are chances of a correct answer. */
  chances: boolean;
  /** [models × width], in the order of `models`. @throws RouteProfileError UNSUPPORTED where a score depends on other models too */
  own(): Matrix;
  /** [models × width]: rows of the models of a profile set. @throws RouteProfileError UNSUPPORTED where the set does not say */
  of(profiles: ProfileSet): Matrix;
  /** [queries × width]: rows with a high product with a query's probe have a high score, exactly or roughly. */
  probes(queries: QueryBatch): Matrix;
  /** One list of scores per query, of that query's rows. */
  score(queries: QueryBatch, rows: readonly Matrix[]): Float32Array[];
}

/** A router that gives each model a score for each query; see `isScoringRouter`. */
export interface ScoringRouter extends Router {
  /** For routers whose score of a model needs nothing of other models. */
  rows?: RowScoring;
  /** Shape [queries × models], higher is better; batch size changes a score by less than 1e-6. */
  score(queries: QueryBatch, ctx?: RunContext): Promise<Matrix>;
}

/** Queries that a new model may be asked. */
export interface ProbePool {
  /** Shape [queries × dimensions], by the router's encoder. */
  vectors: Matrix;
  /**
   * Shape [queries × models of the router], NaN = not measured: what the router's own models made of these queries. With it, a
   * router may know how hard each query really is, not only how hard it looks.
   */
  outcomes?: ArrayLike<number> | undefined;
}

/** How a model that a fitted router does not know joins it, by its scores on a few queries: the probes. */
export interface ProbeOnboarding {
  /** How probes can be chosen; the first is the default. */
  methods: readonly string[];
  /**
   * @param choice how, one of `methods`, and how many queries
   * @returns positions in the pool, distinct, those that tell most first
   * @throws RouteProfileError BAD_OPTION, BAD_INPUT, UNSUPPORTED
   */
  choose(
    artifact: RouterArtifact,
    pool: ProbePool,
    choice: { method: string; budget: number },
    ctx: RunContext,
  ): Int32Array;
  /**
   * The router with one more model, without training.
   * @param scores one per query asked, on the scale of the training outcomes; NaN = no answer
   * @throws RouteProfileError NO_TRAINING_DATA without any score, BAD_INPUT, UNSUPPORTED
   */
  join(
    artifact: RouterArtifact,
    model: string,
    asked: ProbePool,
    scores: ArrayLike<number>,
    ctx: RunContext,
  ): Promise<Router>;
}

/** A way to learn routing; made with `defineRouter`. The same input, options and seed give the same bytes. */
export interface RouterStrategy<O = Record<string, unknown>> {
  kind: 'router';
  specVersion: 1;
  /** Saved files name the strategy by it. For a plugin it is the package name: so the file finds the package again. */
  name: string;
  /** One line for listings. */
  summary: string;
  /** Validates and completes the options; `{}` must be valid. */
  options: z.ZodType<O>;
  /**
   * What `decide` reads beside texts (`vectors`, `tasks`), and what `fit` cannot do without: `training`, outcomes or pairs;
   * `outcomes`, as it cannot learn from pairs alone.
   */
  needs: readonly ('vectors' | 'tasks' | 'training' | 'outcomes')[];
  /** @throws RouteProfileError NO_TRAINING_DATA when there is nothing to learn from; never returns an untrained router. */
  fit(input: RouterInput, options: O, ctx: RunContext): Promise<Router>;
  /** @throws RouteProfileError CORRUPT_FILE when the artifact is not of this strategy or incomplete. */
  load(artifact: RouterArtifact, ctx: RunContext): Promise<Router>;
  /**
   * The fitted router with the models of the profile set that it lacks after its own, without training: what it learned, and
   * the scores it gives its own models, stay as they are.
   */
  extend?(artifact: RouterArtifact, joining: JoiningModels, ctx: RunContext): Promise<Router>;
  /** For routers that can place a new model by its scores on probes. */
  probes?: ProbeOnboarding;
}

/** What a wrapper learned of a router, as files hold it. */
export interface WrapperState {
  /** JSON. */
  state: Record<string, unknown>;
  weights: Record<string, NamedArray>;
}

/** A fitted router about to be wrapped, and the rows it was fitted on. */
export interface WrapperInput {
  router: Router;
  input: RouterInput;
  /**
   * Shape [training queries × models]: scores of the innermost router for every training query, each from a fit that did not see it.
   * Computed once, when first asked for.
   * @throws RouteProfileError UNSUPPORTED when that router does not score
   */
  outOfFold(): Promise<Matrix>;
}

/** A function from a router to a router (`knn+cost:lambda=2`): it knows nothing of the router inside. */
export interface RouterWrapper<O = Record<string, unknown>> {
  kind: 'wrapper';
  specVersion: 1;
  name: string;
  /** One line for listings. */
  summary: string;
  /** Validates and completes the options. */
  options: z.ZodType<O>;
  /** Learns what it needs (a calibration, a threshold) from training rows alone; most learn nothing. */
  fit(wrapped: WrapperInput, options: O, ctx: RunContext): Promise<WrapperState>;
  /** @throws RouteProfileError CORRUPT_FILE when the state is not what `fit` gives. */
  wrap(router: Router, learned: WrapperState, options: O): Router;
}

/** Whether the router has `score`. Wrappers and cascades may have `decide` alone. */
export function isScoringRouter(router: Router): router is ScoringRouter {
  return 'score' in router && typeof router.score === 'function';
}

/**
 * Scores → decisions: models sorted by score, ties by their order in `models`.
 * @param scores [queries × models], finite (see `assertFinite`), higher is better
 * @param explain reasons of one query, given its row and the winner's index
 */
export function decisionsFromScores(
  models: readonly string[],
  scores: Matrix,
  explain: (query: number, winner: number) => Reason[] = () => [],
): Decision[] {
  return Array.from({ length: scores.rows }, (_, q) => {
    const order = models.map((_, m) => m);
    const at = (m: number) => scores.data[q * scores.cols + m]!;
    order.sort((a, b) => at(b) - at(a) || a - b);
    const winner = order[0]!;
    return {
      model: models[winner]!,
      ranked: order.map((m) => ({ model: models[m]!, score: at(m) })),
      reasons: explain(q, winner),
    };
  });
}

/** The decision with one more reason, first. */
export const explained = (decision: Decision, kind: string, text: string): Decision => ({
  ...decision,
  reasons: [{ kind, text }, ...decision.reasons],
});

/** Models with one of them in front, the others in their order behind it. */
export const inFront = (ranked: readonly RankedModel[], model: string): RankedModel[] => [
  ...ranked.filter((entry) => entry.model === model),
  ...ranked.filter((entry) => entry.model !== model),
];
