import {
  artifactArray,
  createMatrix,
  plural,
  RouteProfileError,
  z,
  type LearnedRouter,
  type LearnerArtifact,
  type LearnerStrategy,
  type OnlineLearner,
  type Router,
  type RunContext,
} from '@routeprofile/schema';
import { evidenceOf } from './evidence.js';
import { learnedRouter, type Choice, type Learned } from './learned-decisions.js';
import { createWindow, type Features, type Judged, type WindowState } from './window.js';

/** What every learner has as an option. */
export const commonOptions = {
  /** Judged decisions that are remembered, the last ones. More take more time per query and per snapshot. */
  window: z.number().int().min(1).max(100_000).default(5000),
  /**
   * How sure judged answers must be that another model is better before it is chosen, from 0 to below 1. 0: what was learned is followed at once, which is faster
   * where models change, and loses where nothing has.
   */
  confidence: z.number().min(0).lt(1).default(0.95),
};
type CommonOptions = z.infer<z.ZodObject<typeof commonOptions>>;

/** What makes a learner: how it learns from the judged decisions of its window, and how it chooses then. */
export interface LearnerDefinition<O> {
  name: string;
  summary: string;
  options: z.ZodType<O>;
  /** Whether it learns what the fitted router misjudges: decisions that do not say what was expected are then skipped, with one warning. */
  readsExpected: boolean;
  choice(options: O): Choice;
  /** How it sees queries. @param dimensions of their vectors; null for queries without */
  features(dimensions: number | null, options: O, seed: number): Features;
  /** @param judged at least one decision @param models how many the router has */
  learn(judged: Judged, options: O, models: number): Learned;
}

const HINT = 'Begin to learn anew, or give what was saved of this learner around this router.';
const corrupt = (who: string, what: string) => new RouteProfileError('CORRUPT_FILE', `${who}: ${what}`, { hint: HINT });

const stateSchema = z.object({
  seed: z.number().int().min(0),
  /** null: decisions come without vectors; absent before the first. */
  dimensions: z.number().int().min(1).nullable().optional(),
  ids: z.array(z.string()),
  count: z.number().int().min(0),
  /** Numbers that are kept of each query; 0: none. */
  features: z.number().int().min(0),
});

/** Stands in files for a chance that the decision did not say. */
const UNSAID = -1;

/**
 * A learner that keeps the last judged decisions, and learns from all of them when a snapshot is taken: so nothing depends on how they came in, and
 * what is saved is exact. A snapshot costs one pass over the window, and is made once per number of decisions.
 */
export function defineLearner<O extends CommonOptions>(definition: LearnerDefinition<O>): LearnerStrategy<O> {
  const { name, summary, options: schema } = definition;

  const around = (router: Router, options: O, seed: number, ctx: RunContext, saved?: WindowState): OnlineLearner => {
    let warned = false;
    const accepts = ({ id, expected }: { id: string; expected?: number }) => {
      if (!definition.readsExpected || expected !== undefined) return true;
      if (!warned)
        ctx.logger?.warn(
          `${name}: decision ${id} does not say what the fitted router expected; such decisions are skipped`,
        );
      warned = true;
      return false;
    };
    const featuresOf = (dimensions: number | null) => definition.features(dimensions, options, seed);
    const window = createWindow(name, router.models, options.window, featuresOf, accepts, saved);
    let latest: LearnedRouter | undefined;
    return {
      get observed() {
        return window.observed;
      },
      observe: (judged) => window.add(judged),
      snapshot() {
        const version = window.observed;
        if (latest?.version === version) return latest;
        const judged = window.read();
        const models = router.models.length;
        const learned = judged.count === 0 ? null : definition.learn(judged, options, models);
        const { confidence } = options;
        const evidence = learned && confidence > 0 ? evidenceOf(judged, models, confidence) : null;
        const dimensions = window.dimensions ?? null;
        const features = featuresOf(dimensions);
        const choice = definition.choice(options);
        latest = {
          version,
          router: learnedRouter({ name, router, dimensions, features, learned, evidence, choice, seed }),
        };
        return latest;
      },
      save: () => artifactOf(name, router.models, { ...options }, seed, window.state()),
    };
  };

  return {
    kind: 'learner',
    specVersion: 1,
    name,
    summary,
    options: schema,
    begin: (router, options, ctx) => around(router, options, ctx.seed, ctx),
    resume(artifact, router, ctx) {
      const { manifest } = artifact;
      if (manifest.learner !== name) throw corrupt(name, `it was saved by the learner ${manifest.learner}`);
      if (manifest.models.join('\n') !== router.models.join('\n'))
        throw corrupt(name, `it learned of ${manifest.models.join(', ')}; the router has ${router.models.join(', ')}`);
      const options = schema.safeParse(manifest.options);
      if (!options.success) throw corrupt(name, `options: ${options.error.message}`);
      const { seed, saved } = restored(name, artifact);
      const { dimensions, judged } = saved;
      const see = definition.features(dimensions ?? null, options.data, seed);
      const features = see(dimensions ? new Float32Array(dimensions) : null)?.length;
      if (judged.count > 0 && judged.points?.cols !== features)
        throw corrupt(
          name,
          `it holds ${judged.points?.cols ?? 0} numbers per query, and these options make ${features ?? 0}`,
        );
      return around(router, options.data, seed, ctx, saved);
    },
  };
}

function artifactOf(
  learner: string,
  models: readonly string[],
  options: Record<string, unknown>,
  seed: number,
  { observed, dimensions, ids, judged }: WindowState,
): LearnerArtifact {
  const { count, points } = judged;
  const column = (data: Float32Array) => ({ shape: [count], data });
  return {
    manifest: {
      version: 1,
      learner,
      options,
      models: [...models],
      observed,
      state: {
        seed,
        ...(dimensions !== undefined && { dimensions }),
        ids: [...ids],
        count,
        features: points?.cols ?? 0,
      },
    },
    weights: {
      models: column(Float32Array.from(judged.models)),
      rewards: column(judged.rewards),
      expected: column(judged.expected.map((chance) => (Number.isNaN(chance) ? UNSAID : chance))),
      ...(points && { points: { shape: [count, points.cols], data: points.data } }),
    },
  };
}

/** @throws RouteProfileError CORRUPT_FILE */
function restored(who: string, { manifest, weights }: LearnerArtifact): { seed: number; saved: WindowState } {
  const parsed = stateSchema.safeParse(manifest.state);
  if (!parsed.success) throw corrupt(who, `state: ${parsed.error.message}`);
  const { seed, dimensions, ids, count, features } = parsed.data;
  if (manifest.observed < count || manifest.observed < ids.length || ids.length < count)
    throw corrupt(who, `${plural(count, 'decision')} of ${manifest.observed} with ${plural(ids.length, 'id')}`);
  const read = (array: string, shape: number[]) =>
    artifactArray({ manifest: { strategy: who }, weights }, array, shape, HINT).data;
  const models = Int32Array.from(read('models', [count]));
  const rewards = read('rewards', [count]).slice();
  const expected = read('expected', [count]).map((chance) => (chance === UNSAID ? NaN : chance));
  const known = (model: number) => model >= 0 && model < manifest.models.length;
  const share = (value: number) => Number.isNaN(value) || (value >= 0 && value <= 1);
  if (!models.every(known)) throw corrupt(who, `'models' names one that the router does not have`);
  if (!rewards.every(share) || !expected.every(share))
    throw corrupt(who, 'a reward or a chance is not between 0 and 1');
  const points = features > 0 ? createMatrix(count, features, read('points', [count, features]).slice()) : null;
  const judged: Judged = { count, points, models, rewards, expected };
  return { seed, saved: { observed: manifest.observed, dimensions, ids, judged } };
}
