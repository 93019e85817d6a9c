export { bagsOf, type Bags } from './fit/bags.js';
export { fitByCosine, type CosineInput } from './fit/cosine.js';
export {
  FEWEST_TEXTS,
  fitStatic,
  meanCosine,
  type FitStaticInput,
  type FittedStatic,
  type Lesson,
} from './fit/fit-static.js';
export { dequantize, quantize } from './fit/quantize.js';
export { ridgeVectors, type RidgeInput } from './fit/ridge.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Matrix, RunContext } from '@routeprofile/schema';
export type { StaticVectors } from './model/format.js';
export type { Vocabulary } from './tokenizer/vocabulary.js';
