import type { Reason } from './router.js';

/**
 * Who made a choice: the `router`, by what was asked; nobody anew, as the `conversation` stayed with its model; or a `stand-in`, as the
 * router was late, busy or failed.
 */
export type Chooser = 'router' | 'conversation' | 'stand-in';

/** Kinds of reasons that somebody else than the router chose. */
const INSTEAD: ReadonlySet<string> = new Set(['late', 'busy', 'failed']);
/** Kinds of reasons that say under what conditions it was chosen, and not why this model. */
const CONDITIONS: ReadonlySet<string> = new Set(['personal-data']);

/** Who made a recorded choice, by its reasons. Only those of the router itself say how it chooses, and with which chance. */
export function chooserOf(reasons: readonly Pick<Reason, 'kind'>[]): Chooser {
  if (reasons.some(({ kind }) => INSTEAD.has(kind))) return 'stand-in';
  const why = reasons.filter(({ kind }) => !CONDITIONS.has(kind));
  // A conversation that moves has the router's reasons beside its own.
  return why.length > 0 && why.every(({ kind }) => kind === 'session') ? 'conversation' : 'router';
}
