export { describeChatModelContract } from './chat-model-contract.js';
export { describeEncoderContract, type EncoderContractOptions } from './encoder-contract.js';
export { describeGraderContract, type GraderContractOptions } from './grader-contract.js';
export { interruptAndResume, pooledStore, type Interruption } from './interruption.js';
export { describeLayoutContract, type LayoutContractFolders } from './layout-contract.js';
export { describeLearnerContract, type LearnerContractOptions } from './learner-contract.js';
export { describeMetricContract } from './metric-contract.js';
export { describeProfileContract, type ProfileContractOptions } from './profile-contract.js';
export { describeProfileIndexContract, type ProfileIndexContractOptions } from './profile-index-contract.js';
export { describeRouterContract, type RouterContractOptions } from './router-contract.js';
export type { Matchers, TestRunner } from './runner.js';
export { emptyOutcomes, syntheticRouterInput, syntheticRoutingRun, type SyntheticOptions } from './synthetic.js';
export { syntheticProfileInput, type SyntheticProfileOptions } from './synthetic-profile.js';
export { toyEncoder } from './toy-encoder.js';

/** Types of the suites above, so that a test needs no second import to name them. */
export type { ChatModel } from '../chat.js';
export type { RunContext, Store } from '../context.js';
export type { Encoder } from '../encoder.js';
export type { OutcomeValues } from '../dataset.js';
export type { DatasetLayout, DatasetOptions } from '../dataset-layout.js';
export type { GraderPlugin } from '../grader.js';
export type { LearnerStrategy } from '../learner.js';
export type { Metric, RoutingRun } from '../metric.js';
export type { ProfileInput, ProfileStrategy } from '../profile.js';
export type { ProfileIndexStrategy } from '../profile-index.js';
export type { RouterInput, RouterStrategy } from '../router.js';
export type { QueryBatch } from '../training.js';
