import { APICallError } from '@ai-sdk/provider';
import { decisionRecordSchema, type DecisionRecord } from '@routeprofile/gateway';
import { createRouteProfile, type RouteProfileSettings } from '../index.js';
import { candidatesOf, listedRouter } from './listed-router.js';
import { model, type Turn } from './mock-models.js';

/** What a server that refuses makes a provider throw. */
export const refusal = (statusCode: number, responseBody = '{}', responseHeaders = {}) =>
  new APICallError({
    message: 'refused',
    url: 'https://a.example',
    requestBodyValues: {},
    statusCode,
    responseBody,
    responseHeaders,
  });
/** What a provider throws where there is no server. */
export const unreachable = () =>
  new APICallError({
    message: 'Cannot connect to API',
    url: 'https://a.example',
    requestBodyValues: {},
    isRetryable: true,
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  });

/** Candidates `a`, `b` and `c`; `a` does the turns, the others are good unless said otherwise. */
export function openRouted(
  turns: Turn[] = [],
  more: Partial<RouteProfileSettings> = {},
  others: Record<string, Turn[]> = {},
) {
  const models = {
    a: model('a', ...turns),
    b: model('b', ...(others['b'] ?? [])),
    c: model('c', ...(others['c'] ?? [])),
  };
  const router = listedRouter(candidatesOf('a', 'b', 'c'));
  const records: DecisionRecord[] = [];
  const warnings: string[] = [];
  let ids = 0;
  const routeprofile = createRouteProfile({
    router,
    models,
    newId: () => `id-${++ids}`,
    onDecision: (record) => void records.push(decisionRecordSchema.parse(record)),
    logger: { info: () => {}, warn: (message) => void warnings.push(message) },
    ...more,
  });
  const asked = () =>
    Object.values(models).map(({ doGenerateCalls, doStreamCalls }) => doGenerateCalls.length + doStreamCalls.length);
  return { routeprofile, router, models, records, warnings, asked };
}
export const prompt = 'What is 17 * 3?';
