export { advantageProfile, type AdvantageOptions } from './advantage/advantage-profile.js';
export { builtInProfiles } from './built-in.js';
export { profileDiagnostics, type ProfileDiagnostics } from './diagnostics.js';
export { embGnnProfile } from './emb-gnn/emb-gnn-profile.js';
export type { EmbGnnOptions } from './emb-gnn/options.js';
export { propagate, type PropagateOptions } from './emb-gnn/propagate.js';
export { scoreFactors, type EdgeFactors, type ScoreFactorOptions } from './emb-gnn/score-factors.js';
export { flatProfile } from './flat/flat-profile.js';
export type { FlatOptions } from './flat/options.js';
export { indexProfile, type IndexOptions } from './index-profile/index-profile.js';
export { irtProfile, type IrtOptions } from './irt/irt-profile.js';
export { outcomesProfile, type OutcomesOptions } from './outcomes/outcomes-profile.js';
export { approximateProfileIndex, type ApproximateIndexOptions } from './profile-index/approximate.js';
export { loadProfileIndex } from './profile-index/built-in.js';
export { exactProfileIndex, type ExactIndexOptions } from './profile-index/exact.js';
export { profileSetSource } from './profile-index/source.js';
export { quantizeProfiles, type QuantizedProfiles } from './quantize/quantize-profiles.js';
export { formatQuantization, parseQuantization, type Quantization } from './quantize/spec.js';
export { readHopTexts, type HopTexts } from './text-gnn/hops.js';
export type { LlmEnvironment } from './text-gnn/llm/endpoint.js';
export type { TextGnnOptions } from './text-gnn/options.js';
export { DEFAULT_TEMPLATES, PLACEHOLDERS } from './text-gnn/prompts/prompt.js';
export {
  defineTextGnnProfile,
  planTextGnn,
  textGnnProfile,
  type TextGnnEnvironment,
  type TextGnnPlan,
} from './text-gnn/text-gnn-profile.js';
export type { TrainableGnnOptions } from './trainable-gnn/options.js';
export { trainableGnnProfile } from './trainable-gnn/trainable-gnn-profile.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  CatalogueOffer,
  ChatModel,
  HeteroGraph,
  NodeFeatures,
  ProfileFilter,
  ProfileIndex,
  ProfileIndexArtifact,
  ProfileIndexStrategy,
  ProfileInput,
  ProfileRows,
  ProfileSet,
  ProfileSource,
  ProfileStrategy,
  Provenance,
  RunContext,
  Store,
} from '@routeprofile/schema';
export type { Runtime } from '@routeprofile/tensor';
export type { SummarisedType } from './text-gnn/neighbours/neighbourhood.js';
