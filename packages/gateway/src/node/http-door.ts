import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { LiveStream } from '../attempt/call.js';
import type { Leaving } from '../attempt/leaving.js';
import { BodyTooLong, isLive, type Exchange, type HeaderReader, type Reply } from '../serve/exchange.js';

/** The headers of a request, over what Node gives; its names are in lower case. */
class IncomingHeaders implements HeaderReader {
  constructor(private readonly headers: IncomingHttpHeaders) {}
  get(name: string): string | null {
    const value = this.headers[name];
    return typeof value === 'string' ? value : value === undefined ? null : value.join(', ');
  }
  has(name: string): boolean {
    return this.headers[name] !== undefined;
  }
  forEach(visit: (value: string, name: string) => void): void {
    for (const name in this.headers) visit(this.get(name) ?? '', name);
  }
}

const brokenOff = () => new Error('the body broke off');

/** Whatever of a body is not read, the server throws away once the reply has gone out. */
async function readBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  // Nearly all bodies come together with their headers: once Node has gone through what came, they are there.
  await Promise.resolve();
  // A client that left before tells nobody again.
  if (incoming.destroyed) throw brokenOff();
  if (!incoming.complete) return readParts(incoming, limit);
  if (incoming.readableLength > limit) throw new BodyTooLong();
  return (incoming.read() as Buffer | null) ?? NOTHING;
}

const NOTHING = new Uint8Array();

/** A body as it comes. */
function readParts(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
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

/** Of an address without any; nobody changes it. */
const NO_SEARCH = /* @__PURE__ */ new URLSearchParams();

/** A request of Node's server, as the gateway reads it. What few requests need is made when it is asked for. */
class IncomingExchange implements Exchange, Leaving {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderReader;
  left = false;
  private readonly query: string;
  private readonly runs = new Set<() => void>();
  private askedSearch: URLSearchParams | undefined;
  private askedSignal: AbortSignal | undefined;

  /** @throws TypeError for an address that cannot be read */
  constructor(
    private readonly incoming: IncomingMessage,
    outgoing: ServerResponse,
  ) {
    const { path, query } = addressOf(incoming.url ?? '/');
    this.method = incoming.method ?? 'GET';
    this.path = path;
    this.query = query;
    this.headers = new IncomingHeaders(incoming.headers);
    endWithConnection(incoming, outgoing);
    outgoing.once('close', () => {
      // A client that leaves before its reply has gone out.
      if (!outgoing.writableFinished) this.leave();
    });
  }
  get leaving(): Leaving {
    return this;
  }
  get search(): URLSearchParams {
    return (this.askedSearch ??= this.query === '' ? NO_SEARCH : new URLSearchParams(this.query));
  }
  get signal(): AbortSignal {
    if (this.askedSignal !== undefined) return this.askedSignal;
    const controller = new AbortController();
    if (this.left) controller.abort();
    else this.onLeave(() => controller.abort());
    return (this.askedSignal = controller.signal);
  }
  onLeave(run: () => void): () => void {
    this.runs.add(run);
    return () => void this.runs.delete(run);
  }
  read(limit: number): Promise<Uint8Array> {
    return readBody(this.incoming, limit);
  }
  private leave(): void {
    this.left = true;
    for (const run of this.runs) run();
  }
}

/** A request of Node's server, as the gateway reads it. @throws TypeError for an address that cannot be read */
export const exchangeOfIncoming = (incoming: IncomingMessage, outgoing: ServerResponse): Exchange =>
  new IncomingExchange(incoming, outgoing);

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
