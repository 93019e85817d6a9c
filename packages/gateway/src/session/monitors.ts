import type { Turn } from './turns.js';

/** What a monitor finds of a conversation. */
export type Advice =
  /** It stays with who answers it. */
  | 'stay'
  /** The next candidate up takes over. */
  | 'escalate'
  /** It is decided anew, as if it began. */
  | 'release';

/** What is known of a conversation beside its turns. */
export interface SessionView {
  /** The candidate that answered last. */
  model: string;
  /** The step that the client is at, as its header `x-routeprofile-step` says; undefined where it says none. */
  step?: string;
  /** The step of the last answer. */
  lastStep?: string;
}

/** Looks at each turn of a conversation, before it is decided who answers it. */
export interface SessionMonitor {
  /** As `session.monitors` of a route names it. */
  readonly name: string;
  /**
   * Called on the path of every request of such a route: it must be quick.
   * @param turns the last ones, 64 at most, none from before the conversation last went up
   */
  observe(turns: readonly Turn[], session: SessionView): Advice;
}

/** The same call so often, among the last `OF_CALLS`, goes round in circles. */
const SAME_CALLS = 3;
const OF_CALLS = 10;
/** Errors that are too many among the last `OF_RESULTS` results. */
const ERRORS = 3;
const OF_RESULTS = 5;

/** The model repeats itself, or its tools fail: the same call with the same arguments 3 times of the last 10, or 3 errors of the last 5 results. */
export const stuckMonitor: SessionMonitor = {
  name: 'stuck',
  observe(turns) {
    const results = turns.flatMap((turn) => turn.results).slice(-OF_RESULTS);
    if (results.filter(({ error }) => error).length >= ERRORS) return 'escalate';
    const times = new Map<string, number>();
    for (const { name, arguments: given } of turns.flatMap(({ calls }) => calls).slice(-OF_CALLS)) {
      const call = `${name} ${given}`;
      const seen = (times.get(call) ?? 0) + 1;
      if (seen >= SAME_CALLS) return 'escalate';
      times.set(call, seen);
    }
    return 'stay';
  },
};

/** The client says that it begins another step of its work, which may be easier or harder. */
export const milestoneMonitor: SessionMonitor = {
  name: 'milestone',
  observe: (_turns, { step, lastStep }) => (step !== undefined && step !== lastStep ? 'release' : 'stay'),
};

/** Those that every gateway has. */
export const BUILT_IN_MONITORS: readonly SessionMonitor[] = [stuckMonitor, milestoneMonitor];
