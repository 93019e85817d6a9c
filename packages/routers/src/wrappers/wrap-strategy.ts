import {
  assertMadeBy,
  decisionsFromScores,
  defineRouter,
  isScoringRouter,
  parsePart,
  partOptions,
  RouteProfileError,
  routerManifestSchema,
  throwIfAborted,
  z,
  type Matrix,
  type NamedArray,
  type Router,
  type RouterArtifact,
  type RouterStrategy,
  type RouterWrapper,
  type ScoringRouter,
  type WrapperState,
} from '@routeprofile/schema';
import { outOfFoldScores, sharedFolds, sharing } from '../common/out-of-fold.js';
import type { ReplayingInput } from './learned.js';

/** A wrapper and the options it has unless the composite is given others. */
export interface NamedWrapper {
  wrapper: RouterWrapper;
  /** Completed by the wrapper's own schema. Default: its defaults. */
  options?: Record<string, unknown>;
}

/** Options of a composite strategy: those of the router and of each wrapper, completed by their own schemas. */
export interface WrappedOptions extends Record<string, unknown> {
  /** Of the router inside. */
  router: Record<string, unknown>;
  /** Innermost first. */
  wrappers: { name: string; options: Record<string, unknown> }[];
}

/** What the manifest of a composite holds: the router's, and what each wrapper learned. */
export const compositeState = z.object({
  router: routerManifestSchema,
  wrappers: z.array(z.record(z.string(), z.unknown())),
});

/**
 * A router with wrappers around it, as one strategy: `knn+cost`. It fits the router, then each wrapper from the inside out, and
 * an artifact holds all of them, the router's arrays under `router:`, those of the wrappers under `wrapper0:`, `wrapper1:` ….
 * Models that join (`extend`) join the router inside; wrappers keep what they learned, and treat newcomers as they treat models
 * of which they know nothing.
 *
 * @param strategy the router inside, of which nothing is assumed
 * @param wrappers innermost first; those that judge scores before rules
 */
export function wrapStrategy(
  strategy: RouterStrategy,
  wrappers: readonly NamedWrapper[],
): RouterStrategy<WrappedOptions> {
  const name = [strategy.name, ...wrappers.map(({ wrapper }) => wrapper.name)].join('+');
  const options = optionsOf(strategy, wrappers);

  const wrapAll = (router: Router, learned: readonly WrapperState[], chosen: WrappedOptions): Router =>
    learned.reduce((inner, own, i) => wrappers[i]!.wrapper.wrap(inner, own, chosen.wrappers[i]!.options), router);

  const finish = (inner: Router, learned: readonly WrapperState[], chosen: WrappedOptions, seed: number): Router => {
    const router = wrapAll(inner, learned, chosen);
    const plain: Router = {
      models: [...router.models],
      decide: (queries, ctx) => router.decide(queries, ctx),
      save: async () => nested(name, await inner.save(), learned, chosen, seed),
    };
    if (!isScoringRouter(router)) return plain;
    const scoring: ScoringRouter = { ...plain, score: (queries, ctx) => router.score(queries, ctx) };
    return scoring;
  };

  return defineRouter<WrappedOptions>({
    name,
    summary: [strategy.summary, ...wrappers.map(({ wrapper }) => wrapper.summary)].join('; '),
    options,
    needs: strategy.needs,
    async fit(given, chosen, ctx) {
      throwIfAborted(ctx);
      const input = sharing(given);
      const inner = await strategy.fit(input, chosen.router, ctx);
      let scores: Promise<Matrix> | undefined;
      const outOfFold = () =>
        (scores ??= outOfFoldScores(strategy, chosen.router, input, sharedFolds(input, ctx), ctx, inner));
      const learned: WrapperState[] = [];
      let router = inner;
      for (const [i, { wrapper }] of wrappers.entries()) {
        throwIfAborted(ctx);
        const own = chosen.wrappers[i]!.options;
        const wrapped: ReplayingInput = {
          router,
          input,
          outOfFold,
          async outOfFoldDecisions() {
            const decisions = decisionsFromScores(input.models, await outOfFold());
            const replay: Router = {
              models: inner.models,
              decide: async () => decisions,
              save: () => inner.save(),
            };
            const { queries, tasks } = input.training;
            return wrapAll(replay, learned, chosen).decide({ ...queries, tasks }, ctx);
          },
        };
        const fitted = await wrapper.fit(wrapped, own, ctx);
        learned.push(fitted);
        router = wrapper.wrap(router, fitted, own);
      }
      return finish(inner, learned, chosen, ctx.seed);
    },
    async load(artifact, ctx) {
      const { inner, learned, chosen } = unnested(name, artifact, options);
      return finish(await strategy.load(inner, ctx), learned, chosen, artifact.manifest.seed);
    },
    ...(strategy.extend && {
      async extend(artifact, joining, ctx) {
        const { inner, learned, chosen } = unnested(name, artifact, options);
        return finish(await strategy.extend!(inner, joining, ctx), learned, chosen, artifact.manifest.seed);
      },
    }),
  });
}

/** The composite's options: every part completed by the strategy or wrapper it belongs to. */
function optionsOf(strategy: RouterStrategy, wrappers: readonly NamedWrapper[]): z.ZodType<WrappedOptions> {
  const parts = wrappers.map(({ wrapper, options = {} }) =>
    z.strictObject({ name: z.literal(wrapper.name), options: partOptions(wrapper, options) }),
  );
  const given = wrappers.map(({ wrapper }) => ({ name: wrapper.name }));
  const list = z
    .array(z.unknown())
    .length(wrappers.length)
    .prefault(given)
    .transform((values, ctx) =>
      values.map((value, i) => {
        const parsed = parts[i]!.safeParse(value);
        if (parsed.success) return parsed.data;
        for (const issue of parsed.error.issues)
          ctx.addIssue({
            code: 'custom',
            message: issue.message,
            path: [i, ...issue.path],
            ...(issue.code === 'custom' && { params: issue.params }),
          });
        return z.NEVER;
      }),
    );
  return z.strictObject({ router: partOptions(strategy), wrappers: list });
}

const prefixed = (prefix: string, weights: Record<string, NamedArray>) =>
  Object.entries(weights).map(([key, array]) => [`${prefix}:${key}`, array] as const);

export const withPrefix = (prefix: string, weights: Record<string, NamedArray>): Record<string, NamedArray> =>
  Object.fromEntries(
    Object.entries(weights).flatMap(([key, array]) =>
      key.startsWith(`${prefix}:`) ? [[key.slice(prefix.length + 1), array] as const] : [],
    ),
  );

function nested(
  name: string,
  inner: RouterArtifact,
  learned: readonly WrapperState[],
  options: WrappedOptions,
  seed: number,
): RouterArtifact {
  const { models, encoder, dimensions } = inner.manifest;
  return {
    manifest: {
      version: 1,
      strategy: name,
      options: structuredClone(options),
      models: [...models],
      encoder,
      dimensions,
      seed,
      state: structuredClone({ router: inner.manifest, wrappers: learned.map(({ state }) => state) }),
    },
    // Whoever changes what was saved changes neither the router nor what is saved next.
    weights: structuredClone(
      Object.fromEntries([
        ...prefixed('router', inner.weights),
        ...learned.flatMap(({ weights }, i) => prefixed(`wrapper${i}`, weights)),
      ]),
    ),
  };
}

const sameModels = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((model, m) => model === b[m]);

function unnested(name: string, artifact: RouterArtifact, options: z.ZodType<WrappedOptions>) {
  assertMadeBy(name, artifact);
  const { manifest, weights } = artifact;
  const chosen = parsePart(name, 'options', options, manifest.options);
  const { router, wrappers } = parsePart(name, 'state', compositeState, manifest.state);
  if (wrappers.length !== chosen.wrappers.length)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${name}: router.json: state holds ${wrappers.length} wrappers, expected ${chosen.wrappers.length}`,
      { hint: 'Train the router again; its files are damaged or of another kind.' },
    );
  if (!sameModels(router.models, manifest.models))
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${name}: router.json: its models (${manifest.models.join(', ')}) are not those of the router inside (${router.models.join(', ')})`,
      { hint: 'Train the router again; its files are damaged or of another kind.' },
    );
  return {
    chosen,
    inner: { manifest: router, weights: withPrefix('router', weights) } satisfies RouterArtifact,
    learned: wrappers.map((own, i): WrapperState => ({
      state: own,
      weights: structuredClone(withPrefix(`wrapper${i}`, weights)),
    })),
  };
}
