export { HASH_VERSION, createHashEncoder, hashOptionsSchema, type HashOptions } from './hash/hash-encoder.js';
export { openStaticHashEncoder, STATIC_HASH_VERSION, type StaticHashOptions } from './static/static-hash.js';
export { HASHED_DIMENSIONS } from './unseen/hashed-block.js';
export {
  USE_LITE_HASH_VERSION,
  USE_LITE_VERSION,
  openUseLiteEncoder,
  type UseLiteOptions,
} from './use-lite/encoder.js';
export { USE_LITE_DIMENSIONS } from './use-lite/model.js';
export type { UseLiteFiles } from './use-lite/weights.js';
export {
  createTokenizer,
  parseVocabulary,
  type Segmentation,
  type Tokenizer,
  type Vocabulary,
} from '@routeprofile/encoder-static';
export { WINDOW_POLICIES, WINDOW_TOKENS, type WindowPolicy } from './use-lite/windows.js';
export {
  createOpenAiEncoder,
  openAiOptionsSchema,
  type OpenAiOptions,
  type OpenAiSettings,
} from './openai/openai-encoder.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Encoder } from '@routeprofile/schema';
