export type { Variables } from '@routeprofile/providers';
export type { Encoder, Router } from '@routeprofile/schema';
export { type LiveStream } from './attempt/call.js';
export { type Leaving } from './attempt/leaving.js';
export { systemClock, type Clock } from './clock.js';
export { gatewayConfigSchema, routeSchema, type GatewayConfig, type GatewayConfigInput } from './config/config.js';
export { type Endpoint, type EndpointSettings, endpointSchema, type Timeouts } from './contracts/endpoint.js';
export { type Fault, FAULTS } from './contracts/fault.js';
export { type Attempt, type CountedUsage, type DecisionRecord, decisionRecordSchema } from './contracts/record.js';
export { type RoutingRequest } from './contracts/request.js';
export {
  environmentSecrets,
  noSecret,
  type SecretReader,
  type SecretReference,
  secretReferenceSchema,
} from './contracts/secret.js';
export {
  type Feedback,
  type FeedbackFate,
  FEEDBACK_SOURCES,
  feedbackSchema,
  type Labelled,
  type Limit,
  type StateStore,
  type Topic,
} from './contracts/store.js';
export {
  endingOf,
  UnsentRequest,
  type Ending,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from './contracts/upstream.js';
export type { AnswerToVerify, Verdict, Verifier } from './contracts/verifier.js';
export { vectorOf, vectorText } from './contracts/vector.js';
export { ENDPOINT_WIRES, type EndpointWire, SERVED_WIRES, type ServedWire } from './contracts/wire.js';
export { recentVectors } from './decide/recent-vectors.js';
export { type RequestRouter, requestRouter, type RequestRouterParts, type Steps } from './decide/request-router.js';
export { type Exchange, type HeaderReader, type Reply } from './serve/exchange.js';
export {
  type OpenTelemetryApi,
  type OpenTelemetrySpan,
  type OpenTelemetryTracer,
  type RequestTrace,
  traceBy,
  type Tracing,
} from './observe/tracing.js';
export type { EndpointHealth } from './health.js';
export type { FeedbackAnswer } from './feedback/answer-feedback.js';
export type { LearningState } from './learn/route-learner.js';
export { createGateway, type Gateway, type GatewayParts } from './serve/gateway.js';
export type { DecisionList, Overview } from './serve/overview/overview.js';
export type { EndpointLook, HealthAnswer, SeenDrift } from './serve/overview/state.js';
export type { DriftLook, RaisedFlag } from './observe/drift/drift.js';
export type { BudgetState } from './serve/overview/budget-states.js';
export type { ModelQuality } from './serve/overview/quality.js';
export type { ModelShare, RouteFigures } from './serve/overview/route-figures.js';
export type { PinnedModel } from './serve/overview/pinned.js';
export type { UsefulSpend } from './serve/overview/useful.js';
export type { SpendSummary } from './serve/overview/spend.js';
export { memoryStore, type MemoryStoreOptions } from './store/memory.js';
export {
  BUILT_IN_MONITORS,
  milestoneMonitor,
  type SessionMonitor,
  type SessionView,
  stuckMonitor,
  type Advice,
} from './session/monitors.js';
export type { ToolCall, Turn } from './session/turns.js';
export { fetchUpstream } from './upstream/fetch-upstream.js';
