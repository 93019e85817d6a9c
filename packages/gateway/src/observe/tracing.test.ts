import * as api from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openGateway } from '../testing/open-gateway.js';
import { settle } from '../testing/manual-clock.js';
import { traceBy } from './tracing.js';

const exporter = new InMemorySpanExporter();
beforeAll(() => {
  api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  api.propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
});
afterAll(() => {
  api.trace.disable();
  api.propagation.disable();
});
beforeEach(() => exporter.reset());

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, 'x-session-id': 's1' };
const tracing = traceBy(api);

describe('traceBy', () => {
  it('gives a span to a request and to each attempt, in the trace of the client and of the endpoint', async () => {
    const { ask, upstream } = openGateway({}, { tracing });
    upstream.script.set('a', [{ kind: 'refuse', status: 503 }]);
    await ask('chat', false, {}, { headers });
    await settle();
    const [second, first, whole] = exporter.getFinishedSpans();
    expect([first, second, whole].map((span) => [span?.name, span?.kind, span?.spanContext().traceId])).toEqual([
      ['chat a', api.SpanKind.CLIENT, TRACE],
      ['chat b', api.SpanKind.CLIENT, TRACE],
      ['chat routeprofile', api.SpanKind.SERVER, TRACE],
    ]);
    const request = whole!.spanContext().spanId;
    expect([first!, second!].map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([request, request]);
    expect(whole?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(first).toMatchObject({
      attributes: { 'error.type': 'overloaded', 'http.response.status_code': 503, 'routeprofile.endpoint': 'a' },
      status: { code: api.SpanStatusCode.ERROR },
    });
    expect(second?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'b',
      'gen_ai.usage.input_tokens': expect.any(Number) as number,
      'gen_ai.usage.output_tokens': expect.any(Number) as number,
    });
    expect(whole?.attributes).toMatchObject({
      'gen_ai.request.model': 'a',
      'gen_ai.conversation.id': 's1',
      'routeprofile.served': 'b',
      'routeprofile.route': 'default',
      'http.response.status_code': 200,
    });
    for (const { headers: sent } of upstream.sent) expect(sent['traceparent']).toBe(`00-${TRACE}-${request}-01`);
  });

  it('tells model servers which trace it is, and nothing that the client says of itself', async () => {
    const { ask, upstream } = openGateway({}, { tracing });
    await ask('chat', false, {}, { headers: { ...headers, baggage: 'user=ada@example.org' } });
    expect(upstream.sent[0]?.headers['traceparent']).toContain(TRACE);
    expect(JSON.stringify(upstream.sent[0]?.headers)).not.toContain('ada');
  });

  it('ends a stream with its last event, and tells what was refused', async () => {
    const { ask } = openGateway({}, { tracing });
    const stream = await ask('messages', true, {}, { headers });
    expect(exporter.getFinishedSpans()).toEqual([]);
    await stream.text();
    await settle();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['chat a', 'chat routeprofile']);
    exporter.reset();
    expect((await ask('chat', false, { model: 'nobody' })).status).toBe(404);
    const [refused] = exporter.getFinishedSpans();
    expect([refused?.attributes, refused?.status.code]).toEqual([
      { 'http.response.status_code': 404 },
      api.SpanStatusCode.UNSET,
    ]);
  });

  it('gives a span to what was said of an answer, without the comment', async () => {
    const { ask, post } = openGateway({}, { tracing });
    await ask('chat', false);
    await settle();
    exporter.reset();
    const said = { id: 'id-1', value: 'good', name: 'tone', comment: 'a canary sings' };
    for (let i = 0; i < 2; i++) expect((await post('/v1/feedback', said)).status).toBe(202);
    const [span, ...others] = exporter.getFinishedSpans();
    expect(others).toEqual([]);
    expect([span?.name, span?.attributes]).toEqual([
      'gen_ai.evaluation.result',
      {
        'gen_ai.evaluation.name': 'tone',
        'gen_ai.evaluation.score.value': 1,
        'gen_ai.evaluation.score.label': 'good',
        'routeprofile.id': 'id-1',
        'routeprofile.tenant': 'local',
        'routeprofile.feedback.source': 'user',
      },
    ]);
  });

  it('holds no word of a request or an answer', async () => {
    const { ask } = openGateway({ log: { text: 'full' } }, { tracing });
    await ask('chat', false, { messages: [{ role: 'user', content: 'a canary sings' }] });
    await settle();
    const told = JSON.stringify(
      exporter.getFinishedSpans().map(({ name, attributes, events }) => [name, attributes, events]),
    );
    expect(told).toContain('gen_ai');
    expect(told).not.toContain('canary');
  });
});
