export { onboardModel, placeModel } from './onboard.js';
export { chooseProbes, type ProbeChoice, type ProbePool } from './probes.js';
