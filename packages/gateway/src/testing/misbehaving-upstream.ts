import type { Endpoint } from '../contracts/endpoint.js';
import {
  UnsentRequest,
  type Ending,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from '../contracts/upstream.js';
import type { ServedWire } from '../contracts/wire.js';
import { RECORDINGS, type RecordedAnswer } from './recordings.js';

/** How a server behaves, once. */
export type Behaviour =
  /** Answers; what it says, default: the recording. */
  | { kind: 'good'; said?: RecordedAnswer }
  | { kind: 'refuse'; status: number; body?: string; headers?: Readonly<Record<string, string>> }
  /** There is no connection. */
  | { kind: 'unreachable' }
  /** The connection breaks before anything is answered. */
  | { kind: 'reset' }
  /** Nothing is ever answered. */
  | { kind: 'hang' }
  /**
   * After that number of events (of an answer that is not streamed: after half of it, unless 0), the body ends, breaks, stands still, says that
   * something is wrong, or is no longer of the wire.
   */
  | { kind: 'cut' | 'break' | 'stall' | 'error' | 'garble'; after: number; said?: RecordedAnswer };

/** A request as it was sent. */
export interface SentRequest {
  endpoint: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Readonly<Record<string, unknown>>;
  text: string;
  /** Whether it was ended before its answer was. */
  aborted: boolean;
  /** Whether it has ended, in whatever way. */
  over: boolean;
}

/** Model servers without a network, for tests. */
export interface MisbehavingUpstream extends Upstream {
  /** What endpoints do next, one behaviour per request; then they are good. */
  script: Map<string, Behaviour[]>;
  sent: SentRequest[];
  /** Bytes of each piece of a body. Default: one event each. */
  pieceBytes: number | undefined;
}

const encoder = new TextEncoder();
const ERROR = {
  message: 'Overloaded, says the server with key sk-upstream-0123456789',
  type: 'overloaded_error',
  code: 'overloaded',
};

const wireOf = (url: URL): ServedWire =>
  url.pathname.endsWith('/messages') ? 'messages' : url.pathname.endsWith('/responses') ? 'responses' : 'chat';

/** An event of an error, as servers of each wire send it. */
function errorEvent(wire: ServedWire): string {
  if (wire === 'chat') return `data: ${JSON.stringify({ error: ERROR })}\n\n`;
  const data = wire === 'messages' ? { type: 'error', error: ERROR } : { ...ERROR, type: 'error' };
  return `event: error\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Never, unless the signal fires. */
const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new DOMException('stopped', 'AbortError'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

const reset = () => new TypeError('terminated', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) });

function inPieces(all: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += size) pieces.push(all.subarray(at, at + size));
  return pieces;
}

/** What of the answer comes before things go wrong, and how it goes on. */
function partsOf(behaviour: Extract<Behaviour, { said?: unknown }>, wire: ServedWire, stream: boolean): string[] {
  const { events, answer } = behaviour.said ?? RECORDINGS[wire];
  const text = JSON.stringify(answer);
  if (behaviour.kind === 'good') return stream ? [...events] : [text];
  const { kind, after } = behaviour;
  const before = stream ? events.slice(0, after) : after === 0 ? [] : [text.slice(0, text.length / 2)];
  if (kind === 'error') return stream ? [...before, errorEvent(wire)] : [JSON.stringify({ error: ERROR })];
  return kind === 'garble' ? [...before, 'data: {"half\n\n'] : before;
}

/** @param name of the header that answers are known by */
export function misbehavingUpstream(): MisbehavingUpstream {
  async function* bodyOf(
    behaviour: Extract<Behaviour, { said?: unknown }>,
    parts: readonly string[],
    signal: AbortSignal,
    sent: SentRequest,
  ): AsyncGenerator<Uint8Array> {
    let whole = false;
    try {
      const pieces =
        upstream.pieceBytes === undefined
          ? parts.map((part) => encoder.encode(part))
          : inPieces(encoder.encode(parts.join('')), upstream.pieceBytes);
      for (const piece of pieces) {
        await Promise.resolve();
        if (signal.aborted) throw new DOMException('stopped', 'AbortError');
        yield piece;
      }
      if (behaviour.kind === 'break') throw reset();
      if (behaviour.kind === 'stall') await never(signal);
      whole = true;
    } finally {
      sent.aborted = !whole && signal.aborted;
      sent.over = true;
    }
  }

  const upstream: MisbehavingUpstream = {
    script: new Map(),
    sent: [],
    pieceBytes: undefined,
    async send(endpoint: Endpoint, request: UpstreamRequest, { signal }: Ending): Promise<UpstreamAnswer> {
      const behaviour: Behaviour = upstream.script.get(endpoint.id)?.shift() ?? { kind: 'good' };
      const text = new TextDecoder().decode(request.body);
      const body = JSON.parse(text) as Record<string, unknown>;
      const { url, headers } = request;
      const sent: SentRequest = {
        endpoint: endpoint.id,
        url: url.href,
        headers,
        body,
        text,
        aborted: false,
        over: false,
      };
      upstream.sent.push(sent);
      // A body that is not read yet has nobody to tell.
      signal.addEventListener('abort', () => (sent.over = true), { once: true });
      const stream = body['stream'] === true;
      switch (behaviour.kind) {
        case 'unreachable':
          sent.over = true;
          throw new UnsentRequest('no connection');
        case 'reset':
          sent.over = true;
          throw reset();
        case 'hang':
          return never(signal).finally(() => (sent.aborted = true));
        case 'refuse': {
          const refusal = { kind: 'good' } as const;
          const parts = [behaviour.body ?? JSON.stringify({ error: ERROR })];
          return {
            status: behaviour.status,
            headers: new Headers({ 'content-type': 'application/json', ...behaviour.headers }),
            body: bodyOf(refusal, parts, signal, sent),
          };
        }
        default: {
          const type = stream ? 'text/event-stream; charset=utf-8' : 'application/json';
          const parts = partsOf(behaviour, wireOf(url), stream);
          return {
            status: 200,
            headers: new Headers({ 'content-type': type }),
            body: bodyOf(behaviour, parts, signal, sent),
          };
        }
      }
    },
  };
  return upstream;
}
