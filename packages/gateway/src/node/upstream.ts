import { buildConnector, Pool } from 'undici';
import { messageOf } from '@routeprofile/schema';
import { UnsentRequest, type Upstream } from '../contracts/upstream.js';
import { guardedLookup } from './addresses.js';

/** An upstream that keeps connections open. */
export interface NodeUpstream extends Upstream {
  /** Ends every connection, and with it every request under way. */
  close(): Promise<void>;
}

/** Errors from before there was a connection: whatever failed then, nothing of a request had been sent. */
function noteFailures(connector: buildConnector.connector, failures: WeakSet<Error>): buildConnector.connector {
  return (options, callback) =>
    connector(options, (...result) => {
      const [error] = result;
      if (error) failures.add(error);
      callback(...result);
    });
}

/** The part of `Headers` that is read, over what undici gives. */
const headersOf = (headers: Readonly<Record<string, string | string[] | undefined>>) => ({
  get(name: string): string | null {
    const value = headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  },
});

/**
 * Sends requests by undici, over connections that are kept open and used again. It follows no redirect, unpacks nothing, and refuses names that
 * lead to addresses which hand out the machine's own credentials. Close it after the gateway.
 */
export function openNodeUpstream(): NodeUpstream {
  const pools = new Map<string, Pool>();
  const failures = new WeakSet<Error>();
  const poolOf = (origin: string, connectMs: number): Pool => {
    const key = `${connectMs} ${origin}`;
    const known = pools.get(key);
    if (known) return known;
    const connect = noteFailures(buildConnector({ timeout: connectMs, lookup: guardedLookup() }), failures);
    // Every clock but that of the connection is the gateway's.
    const pool = new Pool(origin, { connect, headersTimeout: 0, bodyTimeout: 0 });
    pools.set(key, pool);
    return pool;
  };
  return {
    async send({ timeouts }, { url, headers, body }, signal) {
      try {
        const pool = poolOf(url.origin, timeouts.connectMs);
        const path = `${url.pathname}${url.search}`;
        const answer = await pool.request({ method: 'POST', path, headers: { ...headers }, body, signal });
        // A body that is ended before anybody reads it has nobody to tell.
        answer.body.on('error', () => {});
        return { status: answer.statusCode, headers: headersOf(answer.headers), body: answer.body };
      } catch (error) {
        if (error instanceof Error && failures.has(error))
          throw new UnsentRequest(`no connection: ${messageOf(error)}`, { cause: error });
        throw error;
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}
