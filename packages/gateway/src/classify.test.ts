import { RouteProfileError } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { classifyError, classifyRefusal, classifyThrown } from './classify.js';
import { FAULTS, faultSchema, type Fault } from './contracts/fault.js';
import { UnsentRequest } from './contracts/upstream.js';
import { responsesWire } from './wire/responses.js';

const error = (type: string, message = '') => JSON.stringify({ error: { type, message } });
const refusal = (status: number, body = '', headers: Record<string, string> = {}) =>
  classifyRefusal({ status, headers: new Headers(headers) }, body, Date.parse('2026-01-01T00:00:00Z'));

describe('classifyRefusal', () => {
  it.each<[number, string, Fault]>([
    [429, '', 'rate-limited'],
    [429, error('insufficient_quota'), 'no-credit'],
    [402, '', 'no-credit'],
    [401, '', 'auth'],
    [403, '', 'auth'],
    [404, '', 'not-found'],
    [302, '', 'not-found'],
    [400, error('invalid_request_error', 'prompt is too long: 9 tokens'), 'context-window'],
    [400, error('content_policy_violation'), 'content-policy'],
    [400, error('x', 'Invalid `signature` in `thinking` block'), 'signature'],
    [400, error('x', 'no'), 'bad-request'],
    [422, '', 'bad-request'],
    [408, '', 'overloaded'],
    [503, '', 'overloaded'],
    [529, error('overloaded_error'), 'overloaded'],
    [500, error('overloaded_error'), 'overloaded'],
    [500, '', 'server'],
    [502, '<html>', 'server'],
    [409, '', 'server'],
  ])('%i %s is %s', (status, body, fault) => {
    expect(refusal(status, body).fault).toBe(fault);
  });

  it('reads how long to wait, in seconds or as a date', () => {
    expect(refusal(429, '', { 'retry-after': '7' })).toEqual({ fault: 'rate-limited', retryAfterMs: 7000 });
    expect(refusal(503, '', { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }).retryAfterMs).toBe(9000);
    expect(refusal(429, '', { 'retry-after': 'soon' }).retryAfterMs).toBeUndefined();
  });
});

describe('classifyError', () => {
  it.each<[string, Fault]>([
    [error('overloaded_error'), 'overloaded'],
    [error('api_error'), 'server'],
    [JSON.stringify({ error: { code: 429, message: '' } }), 'rate-limited'],
    [JSON.stringify({ error: { code: 502 } }), 'server'],
    [JSON.stringify({ error: 'something odd' }), 'server'],
    [error('context_length_exceeded'), 'context-window'],
    [error('invalid_request_error', 'odd'), 'server'],
    [
      responsesWire.errorIn(JSON.stringify({ type: 'error', code: 'rate_limit_exceeded', message: '' })),
      'rate-limited',
    ],
    [responsesWire.errorIn(JSON.stringify({ response: { error: { code: 'server_error' } } })), 'server'],
  ])('%s is %s', (body, fault) => {
    expect(classifyError(body)).toBe(fault);
  });
});

describe('classifyThrown', () => {
  const reset = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) });
  it.each<[unknown, boolean, Fault]>([
    [new UnsentRequest('no connection'), false, 'connect'],
    [reset, false, 'connect'],
    [reset, true, 'cut'],
    [new DOMException('late', 'TimeoutError'), false, 'first-byte'],
    [new DOMException('stopped', 'AbortError'), true, 'cut'],
    [new RouteProfileError('LIMIT_EXCEEDED', 'too long'), true, 'malformed'],
    ['a word', false, 'connect'],
  ])('%s', (thrown, answered, fault) => {
    expect(classifyThrown(thrown, answered)).toBe(fault);
  });
});

describe('the table of faults', () => {
  it('never weighs a fault of the request on an endpoint', () => {
    for (const { whose, endpoint } of Object.values(FAULTS)) expect(endpoint === 'untouched').toBe(whose === 'request');
    expect(faultSchema.safeParse('toString').success).toBe(false);
    expect(faultSchema.safeParse('cut').success).toBe(true);
  });
});
