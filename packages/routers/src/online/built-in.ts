import { parseNamedReference, parseOptions, unknownName, type LearnerStrategy } from '@routeprofile/schema';
import { irtLearner } from './irt-learner.js';
import { linUcbLearner } from './lin-ucb.js';
import { memoryLearner } from './memory.js';
import { thompsonLearner } from './thompson.js';

/** Every learner of this package: what a name such as `memory:kappa=20` is looked up in. */
export const builtInLearners: readonly LearnerStrategy[] = [memoryLearner, linUcbLearner, thompsonLearner, irtLearner];

/** A learner, and its options complete. */
export interface NamedLearner {
  learner: LearnerStrategy;
  options: Record<string, unknown>;
}

/**
 * A learner as a configuration names it: `memory`, `memory:kappa=20:window=2000`.
 * @param learners those that may be named. Default: the built-in ones
 * @throws RouteProfileError UNKNOWN_NAME, BAD_OPTION
 */
export function learnerNamed(reference: string, learners: readonly LearnerStrategy[] = builtInLearners): NamedLearner {
  const { name, options } = parseNamedReference(reference);
  const learner = learners.find((each) => each.name === name);
  const names = learners.map((each) => each.name);
  if (!learner)
    throw unknownName(`there is no learner called ${name}`, {
      written: name,
      names,
      hint: `Learners: ${names.join(', ')}.`,
    });
  return { learner, options: parseOptions(learner, options) };
}
