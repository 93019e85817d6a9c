import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endingOf } from '@routeprofile/gateway';
import { misbehavingUpstream, type MisbehavingUpstream } from '@routeprofile/gateway/testing';

/** Model servers behind a real socket that behave as a test says. */
export interface StandIn extends MisbehavingUpstream {
  /** The base URL of a candidate's server. */
  urlOf(candidate: string): string;
  close(): Promise<void>;
}

/** `misbehavingUpstream` of the gateway on a port of this machine: `/CANDIDATE/v1/chat/completions` is that candidate's server. */
export async function listenStandIn(): Promise<StandIn> {
  const upstream = misbehavingUpstream();
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const answer = async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const id = url.pathname.split('/')[1] ?? '';
      const endpoint = {
        id,
        candidate: id,
        baseUrl: url.origin,
        model: id,
        wires: ['chat' as const],
        headers: {},
        insecure: true,
        askUsage: true,
        timeouts: { connectMs: 1, firstContentMs: 1, idleMs: 1, answerMs: 1 },
      };
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, said]) => [name, String(said)]));
      const body = Buffer.concat(chunks);
      const said = await upstream.send(endpoint, { url, headers, body }, endingOf(gone.signal));
      response.writeHead(said.status, {
        'content-type': said.headers.get('content-type') ?? 'application/json',
        ...(said.headers.get('retry-after') !== null && { 'retry-after': said.headers.get('retry-after')! }),
      });
      response.flushHeaders();
      for await (const piece of said.body) response.write(piece);
      response.end();
    };
    // What was written before gets there first.
    answer().catch(() => void setTimeout(() => response.destroy(), 30));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(upstream, {
    urlOf: (candidate: string) => `http://127.0.0.1:${port}/${candidate}/v1`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
