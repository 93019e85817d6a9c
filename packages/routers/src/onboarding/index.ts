export type { ProbePool } from './items.js';
export { onboardModel, placeModel } from './onboard.js';
export { chooseProbes, type ProbeChoice } from './probes.js';
