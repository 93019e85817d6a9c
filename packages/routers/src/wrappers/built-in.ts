import type { RouterWrapper } from '@routeprofile/schema';
import { calibrateWrapper } from './calibrate.js';
import { cascadeWrapper } from './cascade.js';
import { constraintsWrapper } from './constraints.js';
import { costWrapper } from './cost.js';
import { estimateWrapper } from './estimate.js';
import { fallbackWrapper } from './fallback.js';
import { heuristicWrapper } from './heuristic.js';
import { paretoWrapper } from './pareto.js';
import { parityWrapper } from './parity.js';
import { retrieveWrapper } from './retrieve.js';
import { thresholdWrapper } from './threshold.js';

/** Every wrapper of this package: what the names after `+` in `knn+cost` are looked up in. */
export const builtInWrappers: readonly RouterWrapper[] = [
  calibrateWrapper,
  estimateWrapper,
  costWrapper,
  thresholdWrapper,
  cascadeWrapper,
  constraintsWrapper,
  fallbackWrapper,
  parityWrapper,
  heuristicWrapper,
  paretoWrapper,
  retrieveWrapper,
];
