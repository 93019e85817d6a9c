import type { KeptPromise, RouterPromise } from '@routeprofile/schema';
import { type BootstrapOptions } from '@routeprofile/numerics';
import { meanEstimate, ratioEstimate, type OpenEstimate } from '../interval.js';
import { keptText, promiseText, type Scale } from './words.js';

/** A router's choices on the test rows, and what those of any model are worth there. */
export interface JudgedChoices {
  label: string;
  seed: number;
  promises: readonly RouterPromise[];
  /** Index of the model chosen. Shape [rows]. */
  choices: Int32Array;
}

export interface PromiseGround {
  models: readonly string[];
  bestSingle: string | null;
  /** Scores of the choices, and dollars per query; null where some cost is not known. Shapes [rows]. */
  scores: (choices: Int32Array) => Float64Array;
  costs: (choices: Int32Array) => Float64Array | null;
  scale: Scale;
  bootstrap: BootstrapOptions;
}

/** The figure that the promise limits; null where the data cannot say. */
function figureOf({ kind, against }: RouterPromise, choices: Int32Array, ground: PromiseGround): OpenEstimate | null {
  const { models, bootstrap } = ground;
  const reference = kind === 'within' ? (against ?? ground.bestSingle) : against;
  const always = choices.map(() => models.indexOf(reference ?? ''));
  if (choices.length === 0 || (kind !== 'budget' && always[0] === -1)) return null;
  const own = ground.scores(choices);
  const costs = ground.costs(choices);
  switch (kind) {
    case 'within': {
      const theirs = ground.scores(always);
      return meanEstimate(
        own.map((score, q) => score - theirs[q]!),
        bootstrap,
      );
    }
    case 'parity': {
      const theirs = ground.scores(always);
      return meanEstimate(
        own.map((score, q) => (score >= theirs[q]! ? 1 : 0)),
        bootstrap,
      );
    }
    case 'budget':
      return costs && meanEstimate(costs, bootstrap);
    case 'cost-share': {
      const theirs = ground.costs(always);
      return costs && theirs && ratioEstimate(costs, theirs, bootstrap);
    }
  }
}

/** Whether figures above the limit are right or wrong, and where the limit lies. */
const boundOf = ({ kind, limit }: RouterPromise): { least: number } | { most: number } =>
  kind === 'within' ? { least: -limit } : kind === 'parity' ? { least: limit } : { most: limit };

/** Rounding of a mean is not a broken promise. */
const SAME = 1e-9;

export function statusOf(promise: RouterPromise, found: OpenEstimate | null): KeptPromise['status'] {
  if (!found || found.low === null || found.high === null) return 'undecided';
  const bound = boundOf(promise);
  const slack = SAME * Math.abs(promise.limit);
  const [surely, surelyNot] =
    'least' in bound
      ? [found.low >= bound.least - slack, found.high < bound.least - slack]
      : [found.high <= bound.most + slack, found.low > bound.most + slack];
  return surely ? 'kept' : surelyNot ? 'broken' : 'undecided';
}

/** Every promise that a router made in training, and what became of it on the test rows. */
export function keptPromises(routers: readonly JudgedChoices[], ground: PromiseGround): KeptPromise[] {
  return routers.flatMap(({ label, seed, promises, choices }) =>
    promises.map((promise): KeptPromise => {
      const found = figureOf(promise, choices, ground);
      const status = statusOf(promise, found);
      const said = promiseText(promise, ground.bestSingle, ground.scale);
      const became = found
        ? `on test queries it was ${keptText(promise.kind, found, ground.scale)}`
        : 'the data cannot show whether it was kept';
      return {
        ...promise,
        label,
        seed,
        found,
        status,
        words: `${label} promised ${said}; ${became}.`,
      };
    }),
  );
}
