import type { LiveStream } from '../attempt/call.js';
import type { KeyConfig } from '../config/config.js';
import type { Attempt } from '../contracts/record.js';
import type { WireFormat } from '../wire/format.js';
import type { Serving } from './context.js';
import { noAnswer } from './no-answer.js';
import { prepare, type Asking, type Prepared } from './prepare.js';
import { keep, recordOf, type Ended } from './record.js';
import { CLIENT_GONE, clientGone, Refused } from './refused.js';
import { explainingHeaders, idHeaders, refusedResponse } from './responses.js';
import { runAttempts, type Delivering } from './run-attempts.js';
import { spendingOf } from './spending.js';

/** Bytes of a stream as its reader asks for them, so that a slow client slows the server down. */
const streamBody = (live: LiveStream): ReadableStream<Uint8Array> =>
  new ReadableStream(
    {
      async pull(controller) {
        const piece = await live.read();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: () => live.leave(),
    },
    { highWaterMark: 0 },
  );

// Proxies are asked to keep nothing of a stream back.
function delivered(outcome: Delivering, headers: Record<string, string>): Response {
  if (outcome.kind === 'whole')
    return new Response(outcome.body, { headers: { 'content-type': 'application/json', ...headers } });
  return new Response(streamBody(outcome.live), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      ...headers,
    },
  });
}

/** A request for an answer. */
export interface AnswerRequest {
  format: WireFormat;
  request: Request;
  /** Of its address. */
  search: URLSearchParams;
  key: KeyConfig | undefined;
}

/** The life of one request for an answer. */
export async function answer(asked: AnswerRequest, serving: Serving): Promise<Response> {
  const { format, request, key } = asked;
  const id = serving.newId();
  const started = serving.clock.now();
  const asking: Asking = { id, format, request, key, client: request.signal };
  try {
    const prepared = await prepare(asking, serving);
    return await attempted(prepared, asked, started, serving);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return refusedResponse(format.wire, request.signal.aborted ? clientGone() : error, idHeaders(id));
  }
}

/** @param started when it came, milliseconds since 1970 */
async function attempted(
  prepared: Prepared,
  asked: AnswerRequest,
  started: number,
  serving: Serving,
): Promise<Response> {
  const { read, plan, decision, routing } = prepared;
  const { request, search, key } = asked;
  const client = request.signal;
  const { logger, store, clock, health, snapshot } = serving;
  const spending = spendingOf(key, store, clock, logger);
  let overheadMs: number | undefined;
  const sending = () => void (overheadMs ??= clock.now() - started);
  const end = (ended: Ended): Promise<void> =>
    keep(recordOf(prepared, ended, started, snapshot.config.log.text === 'full'), serving);
  const explained = (tries: number, served?: string) =>
    explainingHeaders({ id: routing.id, route: routing.route, decision, attempts: tries, overheadMs, served });

  const job = { plan, read, request, search, client, spending, sending };
  const result = await runAttempts(job, serving);
  const { attempts, delivering } = result;
  if (delivering === undefined) {
    const wait = (endpoint: string) => health.waitMs(endpoint);
    const refused = client.aborted
      ? clientGone()
      : (result.refused ?? noAnswer(result, plan, wait, spending.renewsInMs()));
    serving.track(end({ attempts, served: null, status: refused.complaint.status }));
    return refusedResponse(read.format.wire, refused, explained(attempts.length));
  }
  const { outcome, planned } = delivering;
  const served = planned.candidate.id;
  prepared.stay?.keep(served, decision);
  const headers = explained(attempts.length + 1, served);
  const finish = async (ended: Attempt) => {
    await result.finish(ended);
    await end({ attempts, served, status: ended.fault === 'client-gone' ? CLIENT_GONE : 200 });
  };
  serving.track(outcome.kind === 'whole' ? finish(outcome.attempt) : outcome.live.ended.then(finish));
  return delivered(outcome, headers);
}
