import type { LiveStream } from '../attempt/call.js';
import type { WireFormat } from '../wire/format.js';
import type { Key } from '../config/snapshot.js';
import type { Serving } from './context.js';
import { noAnswer } from './no-answer.js';
import { prepare, type Prepared } from './prepare.js';
import { keep, recordOf, type Ended } from './record.js';
import { Refused } from './refused.js';
import { explainingHeaders, idHeaders, refusedResponse } from './responses.js';
import { runAttempts, type Attempted } from './run-attempts.js';
import { spendingOf } from './spending.js';

/** The client has left; nobody reads this status but logs. */
const CLIENT_GONE = 499;

/** Bytes of a stream as its reader asks for them, so that a slow client slows the server down. */
const streamBody = (live: LiveStream, leave: () => void): ReadableStream<Uint8Array> =>
  new ReadableStream(
    {
      async pull(controller) {
        const piece = await live.read();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );

/** The life of one request for an answer. */
export async function answer(
  format: WireFormat,
  request: Request,
  key: Key | undefined,
  serving: Serving,
): Promise<Response> {
  const id = serving.newId();
  const started = serving.clock.now();
  const client = new AbortController();
  const leave = () => client.abort();
  if (request.signal.aborted) leave();
  request.signal.addEventListener('abort', leave, { once: true });
  const over = () => request.signal.removeEventListener('abort', leave);
  let prepared: Prepared;
  try {
    prepared = await prepare({ id, format, request, key, client: client.signal }, serving);
  } catch (error) {
    over();
    if (error instanceof Refused) return refusedResponse(format.wire, error, idHeaders(id));
    throw error;
  }
  const { read, plan, decision, routing } = prepared;
  const { logger, store, clock, health, snapshot } = serving;
  const spending = spendingOf(key, store, clock, logger);
  let overheadMs = 0;
  let sent = false;
  const end = (ended: Ended): Promise<void> => {
    over();
    return keep(recordOf(prepared, ended, started, snapshot.config.log.text === 'full'), serving);
  };
  const sending = () => {
    if (!sent) overheadMs = clock.now() - started;
    sent = true;
  };
  const explained = (attempts: number, served?: string) =>
    explainingHeaders({
      id,
      route: routing.route,
      decision,
      attempts,
      overheadMs,
      ...(served !== undefined && { served }),
    });

  let attempted: Attempted;
  try {
    attempted = await runAttempts({ plan, read, request, client: client.signal, spending, sending }, serving);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    serving.track(end({ attempts: [], served: null, status: error.complaint.status }));
    return refusedResponse(format.wire, error, explained(0));
  }
  const { attempts, delivering } = attempted;
  if (delivering === undefined) {
    const gone = client.signal.aborted;
    const refused = noAnswer(attempted, plan, (endpoint) => health.waitMs(endpoint), spending.renewsInMs());
    const status = gone ? CLIENT_GONE : refused.complaint.status;
    serving.track(end({ attempts, served: null, status }));
    const headers = explained(attempts.length);
    if (gone) return new Response(null, { status, headers });
    const body = attempted.failed?.refusal?.body;
    if (body === undefined || refused.complaint.code === 'no_answer' || refused.complaint.code === 'rate_limited')
      return refusedResponse(format.wire, refused, headers);
    return new Response(body, {
      status,
      headers: { 'content-type': 'application/json', ...refused.headers, ...headers },
    });
  }
  const { outcome, planned } = delivering;
  const served = planned.candidate.id;
  const headers = explained(attempts.length + 1, served);
  const finish = async (ended: Parameters<Attempted['finish']>[0]) => {
    await attempted.finish(ended);
    await end({ attempts, served, status: ended.fault === 'client-gone' ? CLIENT_GONE : 200 });
  };
  if (outcome.kind === 'whole') {
    serving.track(finish(outcome.attempt));
    return new Response(outcome.body, { status: 200, headers: { 'content-type': 'application/json', ...headers } });
  }
  serving.track(outcome.live.ended.then(finish));
  return new Response(streamBody(outcome.live, leave), {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
  });
}
