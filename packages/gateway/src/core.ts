/**
 * What decides and what judges answers, without requests of HTTP: for programs that offer the same decisions in another way.
 */
export { readLanguageModelUsage, wasUnsent } from '@routeprofile/providers';
export type { Candidate, Decision, Offer, Price, Requirements, Usage } from '@routeprofile/schema';
export { attemptRecord, type EndedAttempt } from './attempt/attempt-record.js';
export { Stopped, Stopper } from './attempt/stopper.js';
export { costOfUsage } from './attempt/usage.js';
export { Watch } from './attempt/watch.js';
export { classifyError, classifyRefusal, classifyThrown, type Classified } from './classify.js';
export { systemClock, type Clock } from './clock.js';
export { gatewayConfigSchema, routeSchema } from './config/config.js';
export { timeoutsSchema } from './contracts/endpoint.js';
export { FAULTS, type Fault } from './contracts/fault.js';
export { type Attempt, type CountedUsage, type DecisionRecord } from './contracts/record.js';
export { type Ending, type UpstreamAnswer } from './contracts/upstream.js';
export { atHome } from './decide/at-home.js';
export { trainedDemands, whatLacksOf } from './decide/demands.js';
export { decide, pinned, type Question } from './decide/decide.js';
export { readChat, type ReadChat } from './decide/read-chat.js';
export { CLIENT_GONE, decisionRecord, type Ended, type Recorded } from './decide/record-of.js';
export { type RequestRouter, type Steps } from './decide/request-router.js';
export { durationSchema, millisecondsOf } from './config/duration.js';
export { createSessionPins, type Pin, type SessionPins } from './decide/session-pins.js';
export { moving, staying } from './serve/stay.js';
export { createHealth, type Health, type HealthSettings } from './health.js';
export { readsMore } from './plan.js';
export { type AnswerState } from './wire/format.js';
