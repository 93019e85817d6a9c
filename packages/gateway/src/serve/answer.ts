import type { LiveStream } from '../attempt/call.js';
import type { Key } from '../config/snapshot.js';
import type { Attempt } from '../contracts/record.js';
import type { WireFormat } from '../wire/format.js';
import type { Serving } from './context.js';
import { noAnswer } from './no-answer.js';
import { prepare, type Prepared } from './prepare.js';
import { keep, recordOf, type Ended } from './record.js';
import { CLIENT_GONE, clientGone, Refused } from './refused.js';
import { explainingHeaders, idHeaders, refusedResponse } from './responses.js';
import { runAttempts, type Delivering } from './run-attempts.js';
import { spendingOf } from './spending.js';

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

function delivered(outcome: Delivering, headers: Record<string, string>, leave: () => void): Response {
  if (outcome.kind === 'whole')
    return new Response(outcome.body, { headers: { 'content-type': 'application/json', ...headers } });
  return new Response(streamBody(outcome.live, leave), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
  });
}

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
  try {
    const prepared = await prepare({ id, format, request, key, client: client.signal }, serving);
    return await attempted(prepared, { request, key, client, started, over }, serving);
  } catch (error) {
    over();
    if (!(error instanceof Refused)) throw error;
    return refusedResponse(format.wire, client.signal.aborted ? clientGone() : error, idHeaders(id));
  }
}

/** What of a request is known beside what it asks. */
interface Asker {
  request: Request;
  key: Key | undefined;
  client: AbortController;
  /** Milliseconds since 1970. */
  started: number;
  /** Called once, at the end of all. */
  over(): void;
}

async function attempted(prepared: Prepared, asker: Asker, serving: Serving): Promise<Response> {
  const { read, plan, decision, routing } = prepared;
  const { request, client, key, started } = asker;
  const { logger, store, clock, health, snapshot } = serving;
  const spending = spendingOf(key, store, clock, logger);
  let overheadMs: number | undefined;
  const sending = () => void (overheadMs ??= clock.now() - started);
  const end = (ended: Ended): Promise<void> => {
    asker.over();
    return keep(recordOf(prepared, ended, started, snapshot.config.log.text === 'full'), serving);
  };
  const explained = (tries: number, served?: string) =>
    explainingHeaders({ id: routing.id, route: routing.route, decision, attempts: tries, overheadMs, served });

  const job = { plan, read, request, client: client.signal, spending, sending };
  const result = await runAttempts(job, serving);
  const { attempts, delivering } = result;
  if (delivering === undefined) {
    const wait = (endpoint: string) => health.waitMs(endpoint);
    const refused = client.signal.aborted
      ? clientGone()
      : (result.refused ?? noAnswer(result, plan, wait, spending.renewsInMs()));
    serving.track(end({ attempts, served: null, status: refused.complaint.status }));
    return refusedResponse(read.format.wire, refused, explained(attempts.length));
  }
  const { outcome, planned } = delivering;
  const served = planned.candidate.id;
  const headers = explained(attempts.length + 1, served);
  const finish = async (ended: Attempt) => {
    await result.finish(ended);
    await end({ attempts, served, status: ended.fault === 'client-gone' ? CLIENT_GONE : 200 });
  };
  serving.track(outcome.kind === 'whole' ? finish(outcome.attempt) : outcome.live.ended.then(finish));
  return delivered(outcome, headers, () => client.abort());
}
