import { parsePart, z, type RouterArtifact, type RouterPromise } from '@routeprofile/schema';
import { costState, costWrapper, WITHIN } from './cost.js';
import { parityState, parityWrapper } from './parity.js';
import { thresholdState, thresholdWrapper } from './threshold.js';
import { compositeState } from './wrap-strategy.js';

type Learned = (options: Record<string, unknown>, state: unknown) => RouterPromise[];

/** What each wrapper that promises something promised, by its options and by what it learned. */
const PROMISING: Readonly<Record<string, Learned>> = {
  [costWrapper.name](options, state) {
    const wrapper = costWrapper.name;
    const { lambda, budget, within } = costWrapper.options.parse(options);
    if (lambda !== undefined) return [];
    if (budget !== undefined) return [{ wrapper, kind: 'budget', limit: budget }];
    const { point } = parsePart(wrapper, 'state', costState, state);
    const trained = point && { trained: { quality: point.quality, costShare: point.costShare } };
    return [{ wrapper, kind: 'within', limit: within ?? WITHIN, ...trained }];
  },
  [thresholdWrapper.name](options, state) {
    const wrapper = thresholdWrapper.name;
    const { threshold, costShare } = thresholdWrapper.options.parse(options);
    const { cheap, strong } = parsePart(wrapper, 'state', thresholdState, state);
    return threshold !== undefined || cheap === strong
      ? []
      : [{ wrapper, kind: 'cost-share', limit: costShare, against: strong }];
  },
  [parityWrapper.name](options, state) {
    const wrapper = parityWrapper.name;
    const { alpha } = parityWrapper.options.parse(options);
    const { teacher, gate } = parsePart(wrapper, 'state', parityState, state);
    // The teacher answers what does not pass the gate, and is as good as itself.
    return gate.threshold === null
      ? []
      : [{ wrapper, kind: 'parity', limit: 1 - gate.coverage * (1 - alpha), against: teacher }];
  },
};

const wrappersGiven = z.array(z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) }));

/**
 * What a saved router promised in training: a quality to keep (`+cost:within=`), a budget (`+cost:budget=`), a share of a model's
 * cost (`+threshold`), or agreement with a teacher (`+parity`).
 * @returns innermost first; none for a router without such wrappers
 * @throws RouteProfileError CORRUPT_FILE when the manifest is not what its wrappers write
 */
export function promisesOf({ strategy, options, state }: RouterArtifact['manifest']): RouterPromise[] {
  if (!strategy.includes('+')) return [];
  const given = parsePart(strategy, 'options', wrappersGiven, options['wrappers']);
  const { wrappers } = parsePart(strategy, 'state', compositeState, state);
  return given.flatMap(({ name, options: own }, i) =>
    Object.hasOwn(PROMISING, name) ? PROMISING[name]!(own, wrappers[i]) : [],
  );
}
