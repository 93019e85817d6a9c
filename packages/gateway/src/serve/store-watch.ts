import { messageOf, RouteProfileError } from '@routeprofile/schema';
import type { StateStore } from '../contracts/store.js';

/** What is wrong with a store. */
export interface StoreProblem {
  /** For operators: may name files and hosts. */
  full: string;
  /** For everybody. */
  brief: string;
}

/** Knows whether the store keeps what it is told. */
export interface StoreWatch {
  /** Asks the store; whoever asks meanwhile gets the same answer. @returns undefined where nothing is wrong */
  check(): Promise<StoreProblem | undefined>;
  /** What was found when somebody asked last; asks anew behind it, and waits for nothing. */
  last(): StoreProblem | undefined;
}

function problemOf(error: unknown): StoreProblem {
  const code = RouteProfileError.isInstance(error) ? ` (${error.code})` : '';
  return {
    full: `The store keeps nothing now: ${messageOf(error)}`,
    brief: `The store keeps nothing now${code}. The gateway’s log says more.`,
  };
}

export function watchStore(store: Pick<StateStore, 'check'>): StoreWatch {
  let found: StoreProblem | undefined;
  let asking: Promise<StoreProblem | undefined> | undefined;
  const check = () =>
    (asking ??= Promise.resolve()
      .then(() => store.check())
      .then(() => undefined, problemOf)
      .then((problem) => {
        asking = undefined;
        return (found = problem);
      }));
  return {
    check,
    last() {
      void check();
      return found;
    },
  };
}
