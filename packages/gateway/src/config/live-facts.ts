import type { Endpoint } from '../contracts/endpoint.js';
import type { LearningParts } from '../learn/open-learner.js';
import type { MeasuredLoad } from '../load/endpoint-load.js';
import type { Drift } from '../observe/drift/drift.js';

/** What there is while serving, which routes may use. */
export interface LiveFacts {
  drift?: Drift;
  /** How loaded a model is that these endpoints serve. */
  loadOfModel?: (endpoints: readonly Endpoint[]) => MeasuredLoad | undefined;
  learning?: LearningParts;
}
