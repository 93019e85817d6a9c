import { RouteProfileError } from '../errors.js';
import { createMatrix, type Matrix } from '../matrix.js';
import type { JoiningModels, RouterArtifact } from '../router.js';

/** How models join a fitted router: after its own, which stay as they are. */
export interface Joining {
  /** The router's own models, then those that join. */
  models: string[];
  added: string[];
}

/**
 * Who is to join: the models of the profile set that the router lacks.
 * @throws RouteProfileError UNKNOWN_NAME for a model of the router that the set lacks, BAD_INPUT when the set has nobody new.
 */
export function joiningModels({ manifest }: RouterArtifact, { profiles }: JoiningModels): Joining {
  const { strategy, models } = manifest;
  const [own, given] = [new Set(models), new Set(profiles.models)];
  const absent = models.filter((model) => !given.has(model));
  if (absent.length > 0)
    throw new RouteProfileError(
      'UNKNOWN_NAME',
      `${strategy}: the profile set lacks models of the router: ${absent.join(', ')}`,
      {
        hint: 'Extend the profiles that the router was fitted on, and give that set.',
        details: absent,
      },
    );
  const added = profiles.models.filter((model) => !own.has(model));
  if (added.length === 0)
    throw new RouteProfileError('BAD_INPUT', `${strategy}: the router knows every model of the profile set`, {
      hint: 'Add a model to the profiles first: npx @routeprofile/cli profile add-model.',
    });
  return { models: [...models, ...added], added };
}

/** Rounding of a profile brought to length one, at most. */
const SAME = 1e-5;

/**
 * The router's own rows with those of the joining models below.
 * @param own [models of the router × dimensions], as it keeps them
 * @param given [all models × dimensions], on the same scale
 * @throws RouteProfileError SHAPE_MISMATCH, and BAD_INPUT when the set is not the one that the router was fitted on.
 */
export function joinedRows(strategy: string, { models }: Joining, own: Matrix, given: Matrix): Matrix {
  if (given.cols !== own.cols)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${strategy}: profiles have ${given.cols} numbers, the router was fitted on ${own.cols}`,
      { hint: 'Extend the profiles that the router was fitted on, and give that set.' },
    );
  const differs = own.data.findIndex((x, k) => Math.abs(x - given.data[k]!) > SAME * Math.max(1, Math.abs(x)));
  if (differs >= 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${strategy}: the profile of ${models[Math.floor(differs / own.cols)]} is not the one that the router was fitted on`,
      { hint: 'Extend the profiles that the router was fitted on, and give that set.' },
    );
  const rows = createMatrix(models.length, own.cols, given.data.slice());
  rows.data.set(own.data);
  return rows;
}

/** The models that joined after the fit, which a manifest's state lists; none in an artifact that nobody joined. */
export function joinedModels({ models, state }: RouterArtifact['manifest']): string[] {
  const { joined } = state;
  return Array.isArray(joined) ? models.filter((model) => joined.includes(model)) : [];
}

/** The manifest with all models; its state lists those that joined. */
export function joinedManifest({ manifest }: RouterArtifact, { models, added }: Joining): RouterArtifact['manifest'] {
  const { joined } = manifest.state;
  const before: unknown[] = Array.isArray(joined) ? joined : [];
  return { ...structuredClone(manifest), models, state: { ...manifest.state, joined: [...before, ...added] } };
}
