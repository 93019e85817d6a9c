import { buildConnector, Pool } from 'undici';
import { messageOf } from '@routeprofile/schema';
import { UnsentRequest, type Upstream } from '../contracts/upstream.js';
import { guardedLookup } from './addresses.js';
import { sendBy } from './send.js';

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
    async send({ timeouts }, request, signal) {
      try {
        return await sendBy(poolOf(request.url.origin, timeouts.connectMs), request, signal);
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
