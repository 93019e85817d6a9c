export * from './index.js';
export { loadDataset } from '@routeprofile/data';
export { createEncoder } from '@routeprofile/encoders/node';
export { buildProfileSet, type BuildProfileSetOptions } from './node/build-profile-set.js';
