export type { ItemResponseChoice, TriedChoice } from './choose.js';
export { fitItemResponse, type ItemResponse, type ItemResponseOptions } from './fit.js';
export { fitTunedItemResponse, type LearnedItemResponse, WIDEST_SPACE } from './fit-tuned.js';
export type { ReducedQueries } from './query-space.js';
export { difficultySpread, withOwnDifficulty } from './own-difficulty.js';
export {
  abilityPrior,
  type AbilityPrior,
  fisherInformation,
  mostInformative,
  placeAbility,
  type PlacedAbility,
  type ProbeCriterion,
} from './place.js';
export { type Items, itemsOf, predictItemResponse, responseLogits } from './predict.js';
export { mapQueries, type QueryMap } from './query-map.js';
export type { ResponseKind, Responses } from './responses.js';
export { cardScale, type CardScale, placeByCard } from './card-scores.js';
export { fitResponseModel, type LearnedResponses, meansByLabel, type ResponseInput } from './fit-response-model.js';
export {
  dimensionsOf,
  expectedOutcomes,
  packResponseModel,
  type ResponseModel,
  unpackResponseModel,
} from './response-model.js';
export type { ResponseList } from './responses.js';
