import type { EndpointWire } from '../contracts/wire.js';
import { pageFile } from './page/serve-page.js';

/** The wire of each path that answers. */
export const ANSWERS: Readonly<Record<string, EndpointWire>> = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
  '/v1/messages': 'messages',
  '/v1/embeddings': 'embeddings',
};
const TAKES = ['/v1/route', '/v1/feedback'];
const LOOKS = ['/v1/models', '/v1/decisions', '/v1/overview', '/v1/health', '/health', '/ready', '/metrics'];
const MODEL = /^\/v1\/models\/(.{1,600})$/;
const DECISION = /^\/v1\/decisions\/([^/]{1,200})$/;

/** The methods that a path has; undefined for a path that nothing answers to. */
export function methodOf(path: string): 'GET' | 'POST' | undefined {
  if (Object.hasOwn(ANSWERS, path) || TAKES.includes(path)) return 'POST';
  return LOOKS.includes(path) || DECISION.test(path) || MODEL.test(path) ? 'GET' : undefined;
}

/** The decision that a path names; empty for any other path. */
export const decisionIn = (path: string): string => DECISION.exec(path)?.[1] ?? '';

/** The model that a path names; undefined for any other path. */
export function modelIn(path: string): string | undefined {
  const name = MODEL.exec(path)?.[1];
  return name === undefined ? undefined : decoded(name);
}

/** A name as clients put it into a path; as it came where it is not encoded. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What stands for a path in metrics: clients may ask for any. */
export const labelOf = (path: string): string =>
  Object.hasOwn(ANSWERS, path)
    ? path
    : DECISION.test(path)
      ? '/v1/decisions/{id}'
      : MODEL.test(path)
        ? '/v1/models/{id}'
        : (methodOf(path) ?? pageFile(path))
          ? path
          : 'other';
