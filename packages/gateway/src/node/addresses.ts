import { lookup as platformLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { forbiddenHost } from '../config/hosts.js';

/** An address as `URL.hostname` gives it, which has one spelling for each. */
const hostOf = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname : address;

/**
 * Looks names up as Node does, and refuses those that lead to an address that hands out the machine's own credentials.
 * @param lookup default: Node's
 */
export const guardedLookup =
  (lookup: LookupFunction = platformLookup): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      if (error) return callback(error, found, family);
      const addresses: LookupAddress[] = typeof found === 'string' ? [{ address: found, family: family ?? 4 }] : found;
      for (const { address } of addresses) {
        const why = forbiddenHost(hostOf(address));
        if (why !== undefined) return callback(new Error(`${hostname} leads to ${why}`), found, family);
      }
      callback(null, found, family);
    });
