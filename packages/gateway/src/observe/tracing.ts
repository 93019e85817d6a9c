import type { Attempt, DecisionRecord } from '../contracts/record.js';
import type { Feedback } from '../contracts/store.js';
import type { EndpointWire } from '../contracts/wire.js';

type AttributeValue = string | number | boolean | string[];
type Attributes = Record<string, AttributeValue>;

/** The parts of `@opentelemetry/api` 1.x that are used; the package itself fits. */
export interface OpenTelemetryApi {
  trace: { getTracer(name: string): OpenTelemetryTracer; setSpan(context: never, span: never): unknown };
  context: { active(): unknown };
  propagation: {
    extract(context: never, carrier: unknown): unknown;
    inject(context: never, carrier: unknown): void;
  };
}
/** What starts spans. */
export interface OpenTelemetryTracer {
  startSpan(
    name: string,
    options: { kind?: number; attributes?: Attributes; startTime?: number },
    context: never,
  ): OpenTelemetrySpan;
}
/** One span. */
export interface OpenTelemetrySpan {
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(endTime?: number): void;
}

/** Follows one request from its arrival to its end. */
export interface RequestTrace {
  /** Headers that tie what the endpoint does to this trace, such as `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** @param now milliseconds since 1970 */
  ended(record: DecisionRecord, now: number): void;
  /** The request came to nothing before it was decided on. @param code a word such as `model_not_found` */
  refused(status: number, code: string, now: number): void;
}

/** Makes spans of requests. */
export interface Tracing {
  /** @param headers of the client, which may carry a trace of its own @param at milliseconds since 1970 */
  begin(wire: EndpointWire, headers: Readonly<Record<string, string>>, at: number): RequestTrace;
  /** Something was said of an answer. @param now milliseconds since 1970 */
  judged?(said: Feedback, now: number): void;
}

/** OpenTelemetry's numbers of kinds and states. */
const SERVER = 1;
const CLIENT = 2;
const ERROR = 2;

/** Names of OpenTelemetry's conventions for generative AI, which are still in development: they stand here and nowhere else. */
const GEN_AI = {
  operation: 'gen_ai.operation.name',
  requestModel: 'gen_ai.request.model',
  stream: 'gen_ai.request.stream',
  conversation: 'gen_ai.conversation.id',
  input: 'gen_ai.usage.input_tokens',
  output: 'gen_ai.usage.output_tokens',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  cacheWrite: 'gen_ai.usage.cache_creation.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
  firstContent: 'gen_ai.response.time_to_first_chunk',
  evaluation: 'gen_ai.evaluation.result',
  evaluationName: 'gen_ai.evaluation.name',
  scoreValue: 'gen_ai.evaluation.score.value',
  scoreLabel: 'gen_ai.evaluation.score.label',
} as const;
const ERROR_TYPE = 'error.type';

const operationOf = (wire: EndpointWire): string => (wire === 'embeddings' ? 'embeddings' : 'chat');

const usageAttributes = ({ usage }: Attempt): Attributes =>
  usage === undefined
    ? {}
    : {
        // By the conventions all tokens that were read are input, those of a cache too.
        [GEN_AI.input]: usage.uncachedInput + usage.cacheRead + usage.cacheWrite,
        [GEN_AI.output]: usage.output,
        [GEN_AI.cacheRead]: usage.cacheRead,
        [GEN_AI.cacheWrite]: usage.cacheWrite,
        ...(usage.reasoning !== undefined && { [GEN_AI.reasoning]: usage.reasoning }),
      };

/** Attributes of the span of a request. No text of the request is among them. */
const requestAttributes = (record: DecisionRecord): Attributes => ({
  [GEN_AI.operation]: operationOf(record.wire),
  [GEN_AI.requestModel]: record.model,
  ...(record.session !== undefined && { [GEN_AI.conversation]: record.session }),
  'http.response.status_code': record.status,
  'routeprofile.id': record.id,
  'routeprofile.tenant': record.tenant,
  ...(record.route !== null && { 'routeprofile.route': record.route }),
  'routeprofile.reason': record.reasons[0]?.kind ?? '',
  'routeprofile.propensity': record.propensity,
  ...(record.served !== null && { 'routeprofile.served': record.served }),
  ...(record.cost !== undefined && { 'routeprofile.cost_dollars': record.cost }),
});

const attemptAttributes = (attempt: Attempt, wire: EndpointWire): Attributes => ({
  [GEN_AI.operation]: operationOf(wire),
  [GEN_AI.requestModel]: attempt.candidate,
  ...usageAttributes(attempt),
  ...(attempt.firstContentMs !== undefined && { [GEN_AI.firstContent]: attempt.firstContentMs / 1_000 }),
  'routeprofile.endpoint': attempt.endpoint,
  ...(attempt.status !== undefined && { 'http.response.status_code': attempt.status }),
  ...(attempt.cost !== undefined && { 'routeprofile.cost_dollars': attempt.cost }),
  ...(attempt.fault !== undefined && { [ERROR_TYPE]: attempt.fault }),
});

/** Attributes of what was said of an answer. A comment is a text of the client's, and is not among them. */
const evaluationAttributes = ({ decision, tenant, name, value, score, source }: Feedback): Attributes => ({
  [GEN_AI.evaluationName]: name,
  ...(score !== undefined && { [GEN_AI.scoreValue]: score }),
  ...(typeof value !== 'number' && { [GEN_AI.scoreLabel]: String(value) }),
  'routeprofile.id': decision,
  'routeprofile.tenant': tenant,
  'routeprofile.feedback.source': source,
});

/**
 * Spans for OpenTelemetry, one per request and below it one per attempt, with the names of its conventions for generative AI. Prompts and
 * answers are never part of a span.
 * @param api `@opentelemetry/api`, with whatever exporter the program has set up
 */
export function traceBy(api: OpenTelemetryApi): Tracing {
  const tracer = api.trace.getTracer('@routeprofile/gateway');
  return {
    judged(said, now) {
      const options = { startTime: now, attributes: evaluationAttributes(said) };
      tracer.startSpan(GEN_AI.evaluation, options, api.context.active() as never).end(now);
    },
    begin(wire, headers, at) {
      const outside = api.propagation.extract(api.context.active() as never, headers);
      const name = `${operationOf(wire)} routeprofile`;
      const span = tracer.startSpan(name, { kind: SERVER, startTime: at }, outside as never);
      const inside = api.trace.setSpan(outside as never, span as never) as never;
      const carried: Record<string, string> = {};
      api.propagation.inject(inside, carried);
      // What clients say of themselves in it is for the operator's spans, never for whoever runs a model.
      delete carried['baggage'];
      const fail = (type: string) => {
        span.setAttributes({ [ERROR_TYPE]: type });
        span.setStatus({ code: ERROR });
      };
      return {
        headers: carried,
        ended(record, now) {
          span.setAttributes(requestAttributes(record));
          // Attempts follow each other, and the last one ends with the request.
          let end = now;
          for (const attempt of [...record.attempts].reverse()) {
            const began = end - attempt.totalMs;
            const attributes = attemptAttributes(attempt, wire);
            const options = { kind: CLIENT, startTime: began, attributes };
            const one = tracer.startSpan(`${operationOf(wire)} ${attempt.candidate}`, options, inside);
            if (attempt.fault !== undefined) one.setStatus({ code: ERROR, message: attempt.fault });
            one.end(end);
            end = began;
          }
          if (record.status >= 500) fail(record.attempts.at(-1)?.fault ?? String(record.status));
          span.end(now);
        },
        refused(status, code, now) {
          span.setAttributes({ 'http.response.status_code': status });
          if (status >= 500) fail(code);
          span.end(now);
        },
      };
    },
  };
}
