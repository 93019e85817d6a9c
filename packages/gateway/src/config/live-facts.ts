import type { LearningParts } from '../learn/open-learner.js';
import type { Drift } from '../observe/drift/drift.js';

/** What there is while serving, which routes may use. */
export interface LiveFacts {
  drift?: Drift;
  learning?: LearningParts;
  /** Whether a candidate has an endpoint that may be tried now. Default: each may. */
  callable?: (candidate: string) => boolean;
}
