import { demandOf } from '@routeprofile/routers';
import type { KeyConfig } from '../config/config.js';
import type { Attempt, DecisionRecord } from '../contracts/record.js';
import { CLIENT_GONE, type Ended } from '../decide/record-of.js';
import { withFacts } from '../learn/record-facts.js';
import { budgetsOf } from '../money/budgets.js';
import type { RequestTrace } from '../observe/tracing.js';
import { overhear } from '../verify/overhear.js';
import type { WireFormat } from '../wire/format.js';
import type { Serving } from './context.js';
import type { Exchange, HeaderReader, Reply } from './exchange.js';
import { noAnswer } from './no-answer.js';
import { prepare, type Asking, type Prepared } from './prepare.js';
import { keep, recordOf } from './record.js';
import { clientGone, Refused } from './refused.js';
import { explainingHeaders, idHeaders, refusedResponse } from './responses.js';
import { runAttempts, type Delivering } from './run-attempts.js';
import { spendingOf } from './spending.js';

// Proxies are asked to keep nothing of a stream back.
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

const WHOLE_HEADERS = { 'content-type': 'application/json' };

const delivered = (outcome: Delivering, headers: Record<string, string>): Reply =>
  outcome.kind === 'whole'
    ? { status: 200, headers: Object.assign(headers, WHOLE_HEADERS), body: outcome.body }
    : { status: 200, headers: Object.assign(headers, STREAM_HEADERS), body: outcome.live };

/** A request for an answer. */
export interface AnswerRequest {
  format: WireFormat;
  request: Exchange;
  key: KeyConfig | undefined;
}

/** Headers that carry a trace, by the W3C's recommendations. */
const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage'];

const traceHeaders = (headers: HeaderReader): Record<string, string> =>
  Object.fromEntries(TRACE_HEADERS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])));

/** The life of one request for an answer. */
export async function answer(asked: AnswerRequest, serving: Serving): Promise<Reply> {
  const { format, request, key } = asked;
  const id = serving.newId();
  const started = serving.clock.now();
  const asking: Asking = { id, format, request, key };
  const trace = serving.tracing?.begin(format.wire, traceHeaders(request.headers), started);
  let prepared: Prepared;
  try {
    prepared = await prepare(asking, serving);
  } catch (error) {
    const refused = error instanceof Refused ? (request.leaving.left ? clientGone() : error) : undefined;
    trace?.refused(refused?.complaint.status ?? 500, refused?.complaint.code ?? 'gateway_failed', serving.clock.now());
    if (refused === undefined) throw error;
    return refusedResponse(format.wire, refused, idHeaders(id));
  }
  return attempted(prepared, asked, started, serving, trace);
}

/** @param started when it came, milliseconds since 1970 */
async function attempted(
  prepared: Prepared,
  asked: AnswerRequest,
  started: number,
  serving: Serving,
  trace: RequestTrace | undefined,
): Promise<Reply> {
  const { read, plan, decision, routing, route, stay } = prepared;
  const { request, key } = asked;
  const { logger, store, clock, health, snapshot } = serving;
  const spending = spendingOf(budgetsOf(key, route, stay?.conversation, serving.pacers), store, clock, logger);
  let overheadMs: number | undefined;
  const sending = () => void (overheadMs ??= clock.now() - started);
  /** @param last the attempt that was delivered */
  const end = async (ended: Ended, last?: Attempt): Promise<DecisionRecord> => {
    const settled = last && result.finish(last);
    if (settled) await settled;
    const { text, vectors: keepVectors } = snapshot.config.log;
    const plain = recordOf(prepared, ended, started, text === 'full');
    const { queries } = serving;
    const record = route?.notes ? await withFacts(plain, prepared, { queries, keepVectors, logger }) : plain;
    serving.metrics.ended(record, overheadMs);
    serving.drift.ended(record);
    trace?.ended(record, clock.now());
    if (spending && ended.attempts.length > 0) {
      const pacing = route?.router.cost?.pacing;
      const demand = pacing && ((lambda: number) => demandOf(decision.ranked, pacing, lambda));
      await spending.ended(record.cost ?? 0, demand);
    }
    await keep(record, serving);
    return record;
  };
  const explained = (tries: number, served?: string) =>
    explainingHeaders({ id: routing.id, route: routing.route, decision, attempts: tries, overheadMs, served });

  const job = { plan, read, request, spending, sending, traced: trace?.headers };
  const result = await runAttempts(job, serving);
  const { attempts, delivering } = result;
  if (delivering === undefined) {
    const wait = (endpoint: string) => health.waitMs(endpoint);
    const refused = request.leaving.left ? clientGone() : (result.refused ?? noAnswer(result, plan, wait, spending));
    serving.track(end({ attempts, served: null, status: refused.complaint.status }));
    return refusedResponse(read.format.wire, refused, explained(attempts.length));
  }
  const { planned } = delivering;
  const checks = serving.verifying?.drawn(routing.id, snapshot.config.seed) ?? [];
  const overheard =
    checks.length > 0 && read.format.wire !== 'embeddings' ? overhear(delivering.outcome, read) : undefined;
  const outcome = overheard?.outcome ?? delivering.outcome;
  const served = planned.candidate.id;
  stay?.keep(served, decision);
  const headers = explained(attempts.length + 1, served);
  const finish = async (last: Attempt) => {
    stay?.took(last.usage);
    const status = last.fault === 'client-gone' ? CLIENT_GONE : 200;
    const record = await end({ attempts, served, status }, last);
    if (overheard && last.fault === undefined)
      serving.verifying?.check(checks, { request: read.body, query: routing.text, record, read: overheard.read });
  };
  const ending = outcome.kind === 'whole' ? finish(outcome.attempt) : outcome.live.ended.then(finish);
  serving.recording.add(routing, ending);
  serving.track(ending);
  return delivered(outcome, headers);
}
