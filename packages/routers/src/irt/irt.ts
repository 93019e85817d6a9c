import { RouteProfileError, type RouterStrategy } from '@routeprofile/schema';
import { onboardModel } from '../onboarding/onboard.js';
import { chooseProbes, type ProbeChoice } from '../onboarding/probes.js';
import { responseRouter, type IrtOptions } from './responses.js';

const METHODS: readonly ProbeChoice['method'][] = ['information', 'prediction', 'k-center', 'random'];

const withProbes = (router: RouterStrategy<IrtOptions>): RouterStrategy<IrtOptions> => ({
  ...router,
  probes: {
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
  },
});

/** `responseRouter`, which also takes in a model by its scores on probes. */
export const irtRouter = /* @__PURE__ */ withProbes(responseRouter);
