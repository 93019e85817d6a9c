export { onboardModel, placeModel } from './onboard.js';
export { probeOnboarding } from './probe-onboarding.js';
export { chooseProbes, type ProbeChoice } from './probes.js';
