import type { Endpoint } from '../contracts/endpoint.js';
import type { Callable } from '../decide/exploring.js';
import type { MeasuredLoad } from '../load/endpoint-load.js';
import type { LearningParts } from '../learn/open-learner.js';
import type { Drift } from '../observe/drift/drift.js';

/** What there is while serving, which routes may use. */
export interface LiveFacts {
  drift?: Drift;
  learning?: LearningParts;
  /** How loaded a model is that these endpoints serve. */
  loadOfModel?: (endpoints: readonly Endpoint[]) => MeasuredLoad | undefined;
  /** Which candidates can be called now for a request. Default: each can. */
  callable?: Callable;
}
