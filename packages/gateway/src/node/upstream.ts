import { buildConnector, Pool } from 'undici';
import { messageOf } from '@routeprofile/schema';
import { UnsentRequest, type Upstream } from '../contracts/upstream.js';
import { guardedLookup } from './addresses.js';
import { sendBy, type Target } from './send.js';

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
  /** What was made of addresses, which are the configuration's: to take one apart costs more than to send a header. */
  const targets = new WeakMap<URL, Target & { connectMs: number }>();
  const targetOf = (url: URL, connectMs: number): Target => {
    const known = targets.get(url);
    if (known?.connectMs === connectMs) return known;
    const target = { dispatcher: poolOf(url.origin, connectMs), path: `${url.pathname}${url.search}`, connectMs };
    targets.set(url, target);
    return target;
  };
  const explained = (error: Error) =>
    failures.has(error) ? new UnsentRequest(`no connection: ${messageOf(error)}`, { cause: error }) : error;
  return {
    send: ({ timeouts }, request, ending) =>
      sendBy(targetOf(request.url, timeouts.connectMs), request, ending, explained),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
