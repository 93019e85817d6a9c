import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOf, UnusableAnswer, type FaultKind } from './fault.js';

const said = (message: string, more: object = {}) => JSON.stringify({ error: { message, ...more } });
const anthropic = (type: string, message = '') => JSON.stringify({ type: 'error', error: { type, message } });

const caused = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });

describe('faultOf', () => {
  it.each<[FaultKind, number, string]>([
    ['refused-key', 401, said('Incorrect API key provided', { code: 'invalid_api_key' })],
    ['refused-key', 403, anthropic('permission_error')],
    ['no-credit', 402, ''],
    ['no-credit', 429, said('You exceeded your current quota', { code: 'insufficient_quota' })],
    ['no-credit', 400, anthropic('invalid_request_error', 'Your credit balance is too low to access the API.')],
    ['rate-limited', 429, said('Rate limit reached', { type: 'tokens', code: 'rate_limit_exceeded' })],
    // Gemini says so of its limits per minute too.
    ['rate-limited', 429, said('You exceeded your current quota, please check your plan', { code: 429 })],
    ['rate-limited', 429, said('Request too large: maximum context length', { code: 'context_length_exceeded' })],
    ['overloaded', 408, ''],
    ['overloaded', 500, said('the request exceeds the available context size')],
    ['overloaded', 503, 'upstream connect error'],
    ['overloaded', 529, anthropic('overloaded_error', 'Overloaded')],
    ['conflict', 409, ''],
    ['not-found', 404, said("The model 'x' does not exist")],
    ['not-found', 400, said("The model 'x' does not exist", { code: 'model_not_found' })],
    ['not-found', 400, said('model "x" not found, try pulling it first')],
    ['redirect', 308, ''],
    ['bad-request', 400, said("Unsupported value: 'temperature'")],
    ['bad-request', 400, said('Bad gateway said the client', { type: 'server_error' })],
    ['bad-request', 413, '<html>Request Entity Too Large</html>'],
    ['bad-request', 422, said('Input should be a valid list')],
    ['content-policy', 400, said('The response was filtered', { code: 'content_filter' })],
    ['content-policy', 400, said('Your request was rejected as a result of our safety system.')],
    [
      'signature',
      400,
      anthropic('invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'),
    ],
    ['signature', 400, said('The encrypted content for item rs_1 could not be verified.')],
    ['signature', 400, said('Bad item', { code: 'invalid_encrypted_content' })],
  ])('calls it %s: %i %s', (kind, status, body) => {
    expect(faultOf({ status, body }).kind).toBe(kind);
  });

  it.each([
    said("This model's maximum context length is 8192 tokens.", { code: 'context_length_exceeded' }),
    said('Your input exceeds the context window of this model.'),
    said("The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
    said('the request exceeds the available context size', { code: 400, type: 'exceed_context_size_error' }),
    said('The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).'),
    said('Please reduce the length of the messages or completion.'),
    said("This model's maximum prompt length is 131072 but the request contains 537812 tokens."),
    anthropic('invalid_request_error', 'prompt is too long: 213462 tokens > 200000 maximum'),
    anthropic('invalid_request_error', 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000'),
    JSON.stringify({ error: 'Input is too long for requested model.' }),
    'Too many input tokens',
  ])('knows a request that is too long for the model: %s', (body) => {
    for (const status of [400, 413, 422]) expect(faultOf({ status, body }).kind).toBe('context-length');
  });

  it('reads errors that come with status 200', () => {
    const kinds = [
      anthropic('overloaded_error'),
      said('no', { code: 429 }),
      said('no', { code: 502 }),
      said('x'),
      '',
      '{',
    ];
    expect(kinds.map((body) => faultOf({ status: 200, body }).kind)).toEqual([
      'overloaded',
      'rate-limited',
      'overloaded',
      'unusable',
      'unusable',
      'unusable',
    ]);
  });

  it('tells why no answer came', () => {
    const controller = new AbortController();
    controller.abort();
    const errors: [FaultKind, unknown][] = [
      ['timeout', new DOMException('The operation timed out', 'TimeoutError')],
      ['timeout', caused('UND_ERR_HEADERS_TIMEOUT')],
      ['timeout', caused('ETIMEDOUT')],
      ['connection', caused('ECONNREFUSED')],
      ['connection', new TypeError('terminated')],
      ['connection', 'a word'],
      ['aborted', controller.signal.reason],
      ['unusable', new UnusableAnswer('the answer is empty')],
    ];
    expect(errors.map(([, error]) => faultOf({ error }).kind)).toEqual(errors.map(([kind]) => kind));
  });

  it('knows where nothing was sent', () => {
    expect(faultOf({ error: caused('ECONNREFUSED') })).toEqual({ kind: 'connection', retryable: true, unsent: true });
    expect(faultOf({ error: caused('ECONNRESET') })).toEqual({ kind: 'connection', retryable: true });
    expect(faultOf({ error: caused('UND_ERR_CONNECT_TIMEOUT') })).toMatchObject({ kind: 'timeout', unsent: true });
  });

  it('says whether to try again, and when', () => {
    const headers = new Headers({ 'retry-after': '2' });
    expect(faultOf({ status: 429, headers })).toEqual({ kind: 'rate-limited', retryable: true, retryAfter: 2000 });
    expect(faultOf({ status: 401, headers: new Headers() })).toEqual({ kind: 'refused-key', retryable: false });
    const now = Date.parse('2026-01-01T00:00:00Z');
    const dated = new Headers({ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' });
    expect(faultOf({ status: 503, headers: dated, now }).retryAfter).toBe(10_000);
  });

  it('tries a refused request never again, whatever its body says, and an overload always', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.record({
        error: fc.record({ message: fc.string(), type: fc.constantFrom('api_error', 'server_error', 'x') }),
      }),
    );
    fc.assert(
      fc.property(bodies, fc.integer({ min: 300, max: 599 }), (content, status) => {
        const body = typeof content === 'string' ? content : JSON.stringify(content);
        const again = status === 408 || status === 409 || status === 429 || status >= 500;
        return faultOf({ status, body }).retryable === again;
      }),
    );
  });
});
