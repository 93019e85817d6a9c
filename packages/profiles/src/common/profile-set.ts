import {
  assertFinite,
  type Matrix,
  type ProfileInput,
  type ProfileSet,
  type ProfileStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { version } from '../../package.json';
import { profileDiagnostics } from '../diagnostics.js';

/** Above this cosine two profiles are the same to any router. */
const INDISTINGUISHABLE = 0.999;

interface Made<O> {
  vectors: Matrix;
  options: O;
  /** What the vectors were made from. */
  uses: { encoder: boolean; graph: boolean };
  texts?: readonly string[];
  notes?: readonly string[];
}

/**
 * Vectors → profile set: provenance, diagnostics and a note where models cannot be told apart.
 * @throws RouteProfileError NOT_FINITE when a vector is not.
 */
export function finishProfileSet<O extends Record<string, unknown>>(
  strategy: Pick<ProfileStrategy<O>, 'name' | 'designPoint'>,
  input: ProfileInput,
  ctx: RunContext,
  { vectors, options, uses, texts, notes = [] }: Made<O>,
): ProfileSet {
  const models = [...input.models];
  const figures = figuresOf(strategy.name, models, vectors);
  return {
    models,
    vectors,
    ...(texts && { texts }),
    provenance: {
      strategy: strategy.name,
      options: { ...options },
      designPoint: strategy.designPoint(options),
      encoder: uses.encoder ? input.encoder.id : null,
      graph: uses.graph ? { name: input.graph.name, hash: input.graph.hash } : null,
      seed: ctx.seed,
      versions: { '@routeprofile/profiles': version },
      diagnostics: figures.diagnostics,
      notes: [...notes, ...figures.notes],
    },
  };
}

/**
 * Diagnostics of vectors as provenance holds them, and a note where two models cannot be told apart.
 * @throws RouteProfileError NOT_FINITE when a vector is not.
 */
export function figuresOf(
  name: string,
  models: string[],
  vectors: Matrix,
): { diagnostics: Record<string, number>; notes: string[] } {
  assertFinite(vectors, `${name}: profiles`);
  const { nearest, ...diagnostics } = profileDiagnostics({ models, vectors });
  const alike = nearest && (diagnostics.maxCosine ?? 0) > INDISTINGUISHABLE;
  return {
    diagnostics: { ...diagnostics, ...(nearest && positionsOf(models, nearest)) },
    notes: alike
      ? [
          `the profiles of ${nearest.join(' and ')} can hardly be told apart (cosine ${diagnostics.maxCosine?.toFixed(5)})`,
        ]
      : [],
  };
}

/** The nearest pair as numbers, as diagnostics hold nothing else: positions in `models`. */
const positionsOf = (models: readonly string[], [first, second]: [string, string]) => ({
  nearestFirst: models.indexOf(first),
  nearestSecond: models.indexOf(second),
});
