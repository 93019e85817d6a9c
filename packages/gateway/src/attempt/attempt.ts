import { readServerError } from '@routeprofile/providers';
import { classifyError, classifyRefusal, classifyThrown, type Classified } from '../classify.js';
import { UnsentRequest, type Upstream, type UpstreamAnswer } from '../contracts/upstream.js';
import { fieldsOf, isFields, type AnswerState } from '../wire/format.js';
import type { AttemptParts, Call, Outcome, Refusal } from './call.js';
import { createPasser, holdBack, type StreamFault } from './commit.js';
import { masked } from './mask.js';
import { relay } from './relay.js';
import { readExcerpt, readWhole, type NextPiece } from './read-whole.js';
import { Running } from './running.js';
import { Stopped } from './stopper.js';

/** Bytes of a refusal that are read. */
const EXCERPT = 64_000;

/** Pieces of a body, until the attempt is stopped. */
function piecesOf({ body }: UpstreamAnswer, { stopper }: Running): NextPiece {
  const pieces = body[Symbol.asyncIterator]();
  // Nobody may be waiting for a piece when the attempt is stopped.
  stopper.onEnd(() => void pieces.return?.().catch(() => {}));
  return () => pieces.next();
}

function failed(running: Running, classified: Classified, refusal?: Refusal, state?: Readonly<AnswerState>): Outcome {
  const { fault, retryAfterMs } = classified;
  const attempt = running.conclude(state, fault, retryAfterMs);
  return { kind: 'failed', attempt: { ...attempt, fault }, ...(refusal && { refusal }) };
}

/** A refusal as it may be shown: the endpoint's secrets are masked. */
function refusalOf(call: Call, status: number, body: string): Refusal {
  const clean = masked(body, call);
  const message = masked(readServerError(body).message, call);
  return { status, message, ...(isJsonObject(clean) && { body: clean }) };
}

function isJsonObject(text: string): boolean {
  try {
    return isFields(JSON.parse(text));
  } catch {
    return false;
  }
}

/**
 * One try of one endpoint: sent, timed, judged. It resolves once the answer has failed, is whole, or has its first content; until
 * then nothing has reached the client, and another endpoint may be tried. It never throws for what an upstream does.
 */
export async function attempt(call: Call, { upstream, clock }: AttemptParts): Promise<Outcome> {
  const running = new Running(call, clock);
  const { stopper } = running;
  try {
    const outcome = await stopper.race(tried(running, upstream));
    // Whatever of the answer has not been read is not wanted.
    if (outcome.kind === 'failed') stopper.stop(outcome.attempt.fault);
    return outcome;
  } catch (error) {
    const answered = running.status !== undefined;
    const fault = stopper.fault ?? (error instanceof Stopped ? error.fault : classifyThrown(error, answered));
    const outcome = failed(running, { fault });
    stopper.stop(fault);
    return UnsentRequest.isInstance(error) && outcome.kind === 'failed' ? { ...outcome, unsent: true } : outcome;
  }
}

/** What comes of an attempt that nobody stops; of one that was stopped nobody waits for it. */
async function tried(running: Running, upstream: Upstream): Promise<Outcome> {
  const { call, stopper, watch } = running;
  const { firstContentMs, answerMs } = call.endpoint.timeouts;
  watch.set(call.stream ? firstContentMs : answerMs, 'first-byte');
  const answer = await upstream.send(call.endpoint, call.request, stopper);
  running.status = answer.status;
  const next = piecesOf(answer, running);
  if (answer.status < 200 || answer.status >= 300) return refused(running, answer, next);
  const streams =
    call.stream && (answer.headers.get('content-type')?.toLowerCase().includes('text/event-stream') ?? false);
  return streams ? streamed(running, next) : whole(running, next);
}

async function refused(running: Running, answer: UpstreamAnswer, next: NextPiece): Promise<Outcome> {
  const body = await readExcerpt(next, EXCERPT);
  return failed(running, classifyRefusal(answer, body, running.now()), refusalOf(running.call, answer.status, body));
}

const STRICT = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A body as text. @returns `exact`: the text stands for these bytes and no others, and goes out in one piece with the headers */
function decoded(bytes: Uint8Array): { text: string; exact: boolean } {
  try {
    const text = STRICT.decode(bytes);
    if (!text.startsWith('\ufeff')) return { text, exact: true };
  } catch {
    // Servers of models are forgiven what is not UTF-8 within their texts.
  }
  return { text: new TextDecoder().decode(bytes), exact: false };
}

async function whole(running: Running, next: NextPiece): Promise<Outcome> {
  const { call } = running;
  const bytes = await readWhole(next);
  const { text, exact } = decoded(bytes);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failed(running, { fault: 'malformed' });
  }
  // Responses have `error: null` where there is none.
  if (fieldsOf(json)['error']) return failed(running, { fault: classifyError(text) }, refusalOf(call, 200, text));
  const state = call.stream ? undefined : call.format.readAnswer(json);
  if (state === undefined) return failed(running, { fault: 'malformed' });
  if (!state.content && state.finish !== 'other' && !call.acceptEmpty)
    return failed(running, { fault: 'empty' }, undefined, state);
  running.contentAt = running.now();
  return { kind: 'whole', attempt: running.conclude(state), body: exact ? text : bytes };
}

async function streamed(running: Running, next: NextPiece): Promise<Outcome> {
  const { call } = running;
  const passer = createPasser(call.format, call.usageWanted);
  const held = await holdBack(passer, next, call.acceptEmpty);
  const { state } = passer.reader;
  if (held.kind === 'fault') return failed(running, held.fault, streamRefusal(call, held.fault), state);
  running.contentAt = running.now();
  return { kind: 'stream', live: relay(running, passer, next, held) };
}

const streamRefusal = (call: Call, { body }: StreamFault): Refusal | undefined =>
  body === undefined ? undefined : refusalOf(call, 200, body);
