export { z } from 'zod';
export * from './artifact-array.js';
export * from './artifacts.js';
export * from './chat.js';
export * from './config.js';
export * from './context.js';
export * from './dataset.js';
export * from './dataset-layout.js';
export * from './define.js';
export * from './encoder.js';
export * from './errors.js';
export * from './formats/common.js';
export * from './formats/numbers.js';
export * from './formats/outcomes.js';
export * from './formats/published.js';
export * from './formats/spellings.js';
export * from './graph.js';
export * from './json-schema.js';
export * from './matrix.js';
export * from './metric.js';
export * from './option-info.js';
export * from './options.js';
export * from './plural.js';
export * from './printable.js';
export * from './profile.js';
export * from './query.js';
export * from './query-text.js';
export * from './random.js';
export * from './report.js';
export * from './router.js';
export * from './scoring/define-scoring-router.js';
export * from './scoring/inheritance.js';
export * from './scoring/joining.js';
export * from './scoring/keyed.js';
export * from './scoring/lesson.js';
export * from './scoring/ordinary.js';
export * from './scoring/saved-parts.js';
export * from './scoring/vectors.js';
export type {
  ArrayShape,
  AskedQueries,
  Choice,
  ComparedWith,
  FoundIn,
  JoinInput,
  Learned,
  LearnInput,
  Lessons,
  ScoredWith,
  ScoringRouterDefinition,
  WeightShape,
  WeightSize,
  WeightSizes,
} from './scoring/definition.js';
export * from './training.js';
export * from './without-prefixes.js';
