import {
  decisionsFromScores,
  RouteProfileError,
  type Decision,
  type Router,
  type WrapperInput,
  type WrapperState,
} from '@routeprofile/schema';
import { keepsScores } from './wrapped.js';

/** For a wrapper that learns nothing. */
export const nothingLearned: WrapperState = { state: {}, weights: {} };

/**
 * An array that a wrapper learned.
 * @throws RouteProfileError CORRUPT_FILE when it is missing, of another shape or not finite
 */
export function learnedArray(
  wrapper: string,
  { weights }: WrapperState,
  name: string,
  shape: readonly number[],
): Float32Array {
  const array = Object.hasOwn(weights, name) ? weights[name] : undefined;
  const count = shape.reduce((a, b) => a * b, 1);
  if (array?.shape.join() === shape.join() && array.data.length === count && array.data.every(Number.isFinite))
    return array.data;
  throw new RouteProfileError(
    'CORRUPT_FILE',
    `${wrapper}: weights.npz: '${name}' should hold ${shape.join(' × ')} finite numbers`,
    {
      hint: 'Train the router again; its files are damaged or of another kind.',
    },
  );
}

/**
 * What a wrapper learned is of models of the router inside. Models that joined later are none of its.
 * @param models those that the wrapper's saved state speaks of
 * @throws RouteProfileError CORRUPT_FILE naming both lists
 */
export function assertLearnedOf(wrapper: string, models: readonly string[], router: Router): void {
  if (models.every((model) => router.models.includes(model))) return;
  throw new RouteProfileError(
    'CORRUPT_FILE',
    `${wrapper}: router.json: it was fitted on models (${models.join(', ')}) that the router inside does not have (${router.models.join(', ')})`,
    { hint: 'Train the router again; its files are damaged or of another kind.' },
  );
}

/**
 * Who learns from the router's scores needs them as the router gives them.
 * @throws RouteProfileError UNSUPPORTED when a wrapper inside has replaced them and left no chances of being right
 */
export async function assertScores(wrapper: string, { router, input }: WrapperInput): Promise<void> {
  if (keepsScores(router) || (await hasChances(router, input))) return;
  throw new RouteProfileError('UNSUPPORTED', `${wrapper} reads scores, which a wrapper inside it has replaced`, {
    hint: `Name +${wrapper} (or +calibrate) before the wrappers that choose by rules.`,
  });
}

async function hasChances(router: Router, { training }: WrapperInput['input']): Promise<boolean> {
  const { queries, tasks } = training;
  const { texts, vectors, encoder } = queries;
  if (texts.length === 0) return false;
  const first = vectors && { rows: 1, cols: vectors.cols, data: vectors.data.slice(0, vectors.cols) };
  const [decision] = await router.decide({
    texts: texts.slice(0, 1),
    tasks: tasks.slice(0, 1),
    ...(first && { vectors: first }),
    ...(encoder !== undefined && { encoder }),
  });
  return decision?.ranked.every(({ probability }) => probability !== undefined) ?? false;
}

/** What `wrapStrategy` gives beside the contract. */
export interface ReplayingInput extends WrapperInput {
  /**
   * One decision per training query, as the router about to be wrapped would take it, wrappers inside included, on scores of fits that
   * did not see the query.
   */
  outOfFoldDecisions(): Promise<Decision[]>;
}

const replays = (wrapped: WrapperInput): wrapped is ReplayingInput => 'outOfFoldDecisions' in wrapped;

/**
 * Decisions on training queries by fits that did not see them, for wrappers that judge choices.
 * @throws RouteProfileError UNSUPPORTED when wrappers inside change choices and the host cannot replay them
 */
export async function outOfFoldDecisions(wrapper: string, wrapped: WrapperInput): Promise<Decision[]> {
  if (replays(wrapped)) return wrapped.outOfFoldDecisions();
  if (keepsScores(wrapped.router)) return decisionsFromScores(wrapped.input.models, await wrapped.outOfFold());
  throw new RouteProfileError('UNSUPPORTED', `${wrapper} judges choices, which a wrapper inside it changes`, {
    hint: 'Fit router and wrappers as one strategy: wrapStrategy(strategy, wrappers).',
  });
}
