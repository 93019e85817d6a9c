import { RouteProfileError, type ProbeOnboarding } from '@routeprofile/schema';
import { onboardModel } from './onboard.js';
import { chooseProbes, type ProbeChoice } from './probes.js';

const METHODS: readonly ProbeChoice['method'][] = ['information', 'prediction', 'k-center', 'random'];

/** How `irt` routers take in a model by its scores on probes. */
export const probeOnboarding: ProbeOnboarding = {
  methods: METHODS,
  choose(artifact, pool, { method: name, budget }, ctx) {
    const method = METHODS.find((known) => known === name);
    if (method === undefined)
      throw new RouteProfileError('BAD_OPTION', `onboarding: there is no way to choose probes called ${name}`, {
        hint: `Ways: ${METHODS.join(', ')}.`,
      });
    return chooseProbes({ method, budget }, pool, artifact, ctx);
  },
  join: onboardModel,
};
