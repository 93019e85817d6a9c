export { createAiSdkChat, type AiSdkChatSettings } from './ai-sdk/chat.js';
export {
  isLanguageModel,
  type JsonValue,
  type LanguageModelCall,
  type LanguageModelLike,
  type LanguageModelMessage,
  readLanguageModelUsage,
} from './ai-sdk/language-model.js';
export { createAnthropicChat, type AnthropicChatSettings } from './anthropic/chat.js';
export { CallError, type CallErrorInfo, isCallError } from './http/call-error.js';
export { assertUsableKey, endpointUrl, type EndpointNames } from './http/endpoint.js';
export {
  faultOf,
  readServerError,
  UnusableAnswer,
  type Fault,
  wasUnsent,
  type FaultKind,
  type FaultyAnswer,
} from './http/fault.js';
export { postJson, type PostFailure, type PostPolicy, type PostTarget } from './http/post-json.js';
export { backoffDelay, sleep, type Backoff } from './http/retry.js';
export { endpointName, redact, redactAnswer, redactRefusal } from './http/secrets.js';
export { spokenAnswer, type ChatAnswer, type Spoken } from './openai/answer.js';
export { createOpenAiChat, type OpenAiChatSettings } from './openai/chat.js';
export { createOpenAiEmbeddings, type Embeddings, type OpenAiEmbeddingsSettings } from './openai/embeddings.js';
export { openAiHome, openAiKeyFor, processEnvironment, type Variables } from './openai/home.js';
export { assertPostgresUrl, postgresFault, unreadablePostgres } from './postgres/fault.js';
export { estimateTokens, inPool } from '@routeprofile/schema';
export { addUsage, costOf, estimateMessages, inputTokens, NO_USAGE, readUsage, type Wire } from './usage/usage.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  ChatMessage,
  ChatModel,
  ChatRequest,
  Completion,
  ErrorCode,
  ErrorInfo,
  Price,
  RouteProfileError,
  RunContext,
  Usage,
} from '@routeprofile/schema';
