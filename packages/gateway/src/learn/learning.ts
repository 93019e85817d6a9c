import type { Feedback, StateStore } from '../contracts/store.js';
import { fieldsOf, textOf } from '../wire/format.js';
import type { RouteLearner } from './route-learner.js';

/** The learners of all routes, and what they hear. Gateways that share a store hear each other's feedback. */
export interface Learning {
  /** These learn from now on, and those of before no more. */
  follow(learners: readonly RouteLearner[]): void;
  /** Something that trains was said of an answer, and is kept. */
  judged(said: Feedback): void;
  close(): Promise<void>;
}

export function createLearning(store: Pick<StateStore, 'publish' | 'subscribe'>): Learning {
  let following: readonly RouteLearner[] = [];
  let leave: (() => void) | undefined;
  const stopping = new Set<Promise<void>>();
  const stop = (learners: readonly RouteLearner[]) => {
    for (const learner of learners) {
      const stopped = learner.stop().finally(() => stopping.delete(stopped));
      stopping.add(stopped);
    }
  };
  const hear = (value: unknown) => {
    const decision = textOf(fieldsOf(value)['decision']);
    if (decision !== '') for (const learner of following) learner.hear(decision);
  };
  return {
    follow(learners) {
      stop(following);
      following = learners;
      if (learners.length > 0) leave ??= store.subscribe('learned', hear);
      for (const learner of learners) learner.start();
    },
    judged(said) {
      if (following.length > 0) store.publish('learned', { decision: said.decision });
    },
    async close() {
      leave?.();
      stop(following);
      following = [];
      await Promise.all(stopping);
    },
  };
}
