export {
  contentsOf,
  loadStatic,
  openStaticEncoder,
  staticId,
  type StaticFiles,
  type StaticModel,
  type StaticOptions,
  type StaticReading,
} from './encoder.js';
export { checksumOf } from './model/checksum.js';
export { packStaticFile, readStaticFile, type StaticFile, type StaticVectors } from './model/format.js';
export { squash } from './model/squash.js';
export { createTokenizer, type Segmentation, type Tokenizer } from './tokenizer/tokenizer.js';
export { parseVocabulary, UNKNOWN, type Vocabulary } from './tokenizer/vocabulary.js';
export { STATIC_CHECKSUM, STATIC_VERSION } from './version.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Encoder, Matrix, RunContext } from '@routeprofile/schema';
