import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { LiveStream } from '../attempt/call.js';
import type { Leaving } from '../attempt/leaving.js';
import { BodyTooLong, isLive, type Exchange, type HeaderReader, type Reply } from '../serve/exchange.js';

const readerOf = (headers: IncomingHttpHeaders): HeaderReader => {
  const get = (name: string): string | null => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  };
  return {
    get,
    has: (name) => headers[name] !== undefined,
    forEach(visit) {
      for (const name in headers) visit(get(name) ?? '', name, NO_HEADERS);
    },
  };
};
/** What visitors of the web's standard are given besides; ours read none of it. */
const NO_HEADERS = /* @__PURE__ */ new Headers();

const brokenOff = () => new Error('the body broke off');

/** Whatever of a body is not read, the server throws away once the reply has gone out. */
function readBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // A client that left before tells nobody again.
    if (incoming.destroyed) return reject(brokenOff());
    const parts: Buffer[] = [];
    let bytes = 0;
    const end = (settle: () => void) => {
      incoming.off('data', take).off('end', whole).off('error', broken).off('close', broken);
      settle();
    };
    const take = (part: Buffer) => {
      bytes += part.length;
      if (bytes > limit) end(() => reject(new BodyTooLong()));
      else parts.push(part);
    };
    const whole = () => end(() => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts, bytes)));
    const broken = () => end(() => reject(brokenOff()));
    incoming.on('data', take).on('end', whole).on('error', broken).on('close', broken);
  });
}

/** Requests may follow each other without waiting for replies. To a reply that is not its turn yet Node does not say that the connection has ended. */
function endWithConnection({ socket }: IncomingMessage, outgoing: ServerResponse): void {
  if (outgoing.socket !== null) return;
  const end = () => {
    outgoing.destroy();
    outgoing.emit('close');
  };
  // One for each request that waits.
  socket.setMaxListeners(0).once('close', end);
  outgoing.once('socket', () => socket.off('close', end));
}

/** A client that leaves before its reply has gone out. */
function leavingOf(outgoing: ServerResponse): Leaving {
  let left = false;
  const runs = new Set<() => void>();
  outgoing.once('close', () => {
    if (outgoing.writableFinished) return;
    left = true;
    for (const run of runs) run();
  });
  return {
    get left() {
      return left;
    },
    onLeave(run) {
      runs.add(run);
      return () => void runs.delete(run);
    },
  };
}

function signalOf(leaving: Leaving): AbortSignal {
  const controller = new AbortController();
  if (leaving.left) controller.abort();
  else leaving.onLeave(() => controller.abort());
  return controller.signal;
}

/** A request of Node's server, as the gateway reads it. @throws TypeError for an address that cannot be read */
export function exchangeOfIncoming(incoming: IncomingMessage, outgoing: ServerResponse): Exchange {
  const { path, query } = addressOf(incoming.url ?? '/');
  endWithConnection(incoming, outgoing);
  const leaving = leavingOf(outgoing);
  let signal: AbortSignal | undefined;
  let search: URLSearchParams | undefined;
  return {
    method: incoming.method ?? 'GET',
    path,
    get search() {
      return (search ??= new URLSearchParams(query));
    },
    headers: readerOf(incoming.headers),
    leaving,
    get signal() {
      return (signal ??= signalOf(leaving));
    },
    read: (limit) => readBody(incoming, limit),
  };
}

/** A path in which nothing has to be resolved or decoded. */
const PLAIN = /^(?:\/[\w-]+(?:\.[\w-]+)*)+$/;

function addressOf(url: string): { path: string; query: string } {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  if (PLAIN.test(path)) return { path, query: mark < 0 ? '' : url.slice(mark + 1) };
  // Proxies may send whole addresses.
  const { pathname, search } = new URL(url, url.startsWith('/') ? 'http://localhost' : undefined);
  return { path: pathname, query: search };
}

/** Milliseconds in which a client must take something of what lies ready for it. */
const STALLED_MS = 120_000;

/** Resolves when more may be written, or nobody is there to read it: a client that stands still for too long is cut off. */
const drained = (outgoing: ServerResponse, stalledMs: number): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      outgoing.off('drain', go).off('close', go).setTimeout(0);
      resolve();
    };
    outgoing.on('drain', go).on('close', go).setTimeout(stalledMs);
  });

/** Pieces go out as they come, and no faster than the client takes them. */
async function pipe(live: LiveStream, outgoing: ServerResponse, stalledMs: number): Promise<void> {
  if (outgoing.destroyed) return live.leave();
  outgoing.once('close', () => live.leave());
  for (let piece = await live.read(); piece !== undefined; piece = await live.read()) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(piece)) await drained(outgoing, stalledMs);
  }
  outgoing.end();
}

/**
 * Sends what the gateway says.
 * @param head the client asked for headers alone
 * @param stalledMs milliseconds after which a client that takes nothing is cut off. Default 120,000.
 */
export function sendReply(
  { status, headers, body }: Reply,
  outgoing: ServerResponse,
  head: boolean,
  stalledMs = STALLED_MS,
): void {
  if (isLive(body)) {
    outgoing.writeHead(status, headers);
    // A reader that fails has no words for it: all that it can say, it says as an event.
    void pipe(body, outgoing, stalledMs).catch(() => void outgoing.destroy());
    return;
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  outgoing.writeHead(status, { ...headers, 'content-length': length });
  outgoing.end(head ? undefined : body);
  // The platform sets a clock of its own once all has gone out.
  if (outgoing.writableLength > 0) outgoing.setTimeout(stalledMs);
}
