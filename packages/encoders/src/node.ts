export * from './index.js';
export {
  builtInEncoders,
  createEncoder,
  encoderNames,
  type BuiltInEncoder,
  type CreateEncoderOptions,
} from './node/create-encoder.js';
export { openNpzEncoder } from './node/npz-encoder.js';
export {
  openTransformersEncoder,
  type TransformersOptions,
  type TransformersSettings,
} from './node/transformers-encoder.js';
export { useLiteFiles } from './node/use-lite-files.js';
export { openNodeUseLite, type NodeUseLiteOptions } from './node/use-lite-node.js';
export { withCache, type CacheOptions } from './node/with-cache.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Encoder } from '@routeprofile/schema';
