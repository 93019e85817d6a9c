import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { RouteProfileError } from '@routeprofile/schema';
import { isLoopback } from '../config/hosts.js';
import type { Exchange, Reply } from '../serve/exchange.js';
import type { Gateway } from '../serve/gateway.js';
import { Refused } from '../serve/refused.js';
import { refusedResponse } from '../serve/responses.js';
import { exchangeOfIncoming, sendReply } from './http-door.js';

/** Where a gateway listens. */
export interface ListenOptions {
  /** 0: any that is free. Default 4180. */
  port?: number;
  /** Name or address of this machine. Default `127.0.0.1`, which only this machine reaches. */
  host?: string;
}

/** A gateway that can be reached. */
export interface Listening {
  /** Such as `http://127.0.0.1:4180`. */
  url: string;
  port: number;
  /**
   * Takes no new connection, closes the gateway, and ends the connections that are left.
   * @param graceMs milliseconds for requests under way. Default 30,000.
   */
  close(graceMs?: number): Promise<void>;
}

/** Milliseconds in which clients may take what lies in buffers, once every request has ended. */
const FLUSH_MS = 1_000;

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** The host that a client names, without its port; undefined where it cannot be read. */
function hostOf({ headers: { host = 'localhost' } }: IncomingMessage): string | undefined {
  const address = `http://${host}`;
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}

const refuse = (status: number, code: string, message: string) =>
  refusedResponse('chat', new Refused(status, code, message));

/** Pages of the web can be given a name that leads to this machine; without keys, such a name must not do. */
function foreignHost(incoming: IncomingMessage): Reply | undefined {
  const host = hostOf(incoming);
  if (host !== undefined && isLoopback(host)) return undefined;
  return refuse(
    421,
    'foreign_host',
    `The gateway has no keys, and answers to names of its own machine only, not to ${host ?? 'what the request names'}.`,
  );
}

/** What a gateway replies to whatever Node's server gives it. */
const answering = (gateway: Gateway) => {
  // Clients name one host over and over.
  let known: string | undefined;
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { host } = incoming.headers;
    const send = (reply: Reply) => sendReply(reply, outgoing, incoming.method === 'HEAD');
    const foreign = gateway.asksForKeys || (host !== undefined && host === known) ? undefined : foreignHost(incoming);
    if (foreign !== undefined) return send(foreign);
    known = host;
    let exchange: Exchange;
    try {
      exchange = exchangeOfIncoming(incoming, outgoing);
    } catch {
      return send(refuse(400, 'bad_address', 'The request’s address cannot be read.'));
    }
    void gateway.handle(exchange).then(send);
  };
};

function listenError(host: string, port: number, cause: NodeJS.ErrnoException): RouteProfileError {
  const taken = cause.code === 'EADDRINUSE';
  return new RouteProfileError(
    'BAD_OPTION',
    `cannot listen on ${inUrl(host)}:${port} (${taken ? 'another program does' : cause.code})`,
    { hint: taken ? 'Choose another port, or 0 for any that is free.' : 'Choose another host or port.', cause },
  );
}

/**
 * Makes a gateway answer on a port, through its `handle`: that is what to wrap where something is to happen to each request. When the process is to end is up to the caller, who then calls `close`.
 * @throws RouteProfileError BAD_OPTION where it cannot listen, and for a host that other machines reach when the gateway asks nobody for a key
 */
export async function listen(
  gateway: Gateway,
  { port = 4180, host = '127.0.0.1' }: ListenOptions = {},
): Promise<Listening> {
  if (!gateway.asksForKeys && !isLoopback(inUrl(host)))
    throw new RouteProfileError(
      'BAD_OPTION',
      `everybody who reaches ${host} could spend your money: there are no keys`,
      {
        hint: 'Give `keys` in the configuration, or listen on 127.0.0.1.',
      },
    );
  const server = createServer(answering(gateway));
  // Without a listener the platform ends the connection without a word.
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\n\r\n'));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(host, port, cause)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${inUrl(host)}:${bound}`,
    port: bound,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await gateway.close(graceMs);
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), FLUSH_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}
