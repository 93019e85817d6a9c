export * from './index.js';
export { loadDataset } from '@routeprofile/data';
export { createEncoder } from '@routeprofile/encoders/node';
export { buildProfileSet, type BuildProfileSetOptions } from './node/build-profile-set.js';
export { openProfileIndex, saveProfileIndex } from './node/profile-index-files.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Dataset, Encoder } from '@routeprofile/schema';
export type { LoadOptions } from '@routeprofile/data';
export type { CreateEncoderOptions } from '@routeprofile/encoders/node';
