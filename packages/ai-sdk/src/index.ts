export type { LanguageModelV2, LanguageModelV3, LanguageModelV3Middleware, ProviderV3 } from '@ai-sdk/provider';
export { requestRouter, type RequestRouterParts } from '@routeprofile/gateway';
export type { Clock, DecisionRecord, RequestRouter } from '@routeprofile/gateway/core';
export type { Encoder, Logger, Router } from '@routeprofile/schema';
export { routeProfileMiddleware, type RouteProfileMiddlewareSettings } from './middleware.js';
export { createRouteProfile, type RouteProfileProvider } from './provider.js';
export { type ModelTimeouts, type RoutedModel, type RouteProfileSettings } from './settings.js';
