export type { TestRunner } from '@routeprofile/schema/testing';
export type { ServedWire } from '../contracts/wire.js';
export { manualClock, settle, type ManualClock } from './manual-clock.js';
export {
  misbehavingUpstream,
  type Behaviour,
  type MisbehavingUpstream,
  type SentRequest,
} from './misbehaving-upstream.js';
export { recordedAnswer, RECORDINGS, type RecordedAnswer, type Recording } from './recordings.js';
export { describeStateStore, type StateStoreContractOptions } from './state-store-contract.js';
