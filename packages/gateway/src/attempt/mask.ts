import { redactRefusal } from '@routeprofile/providers';
import type { Call } from './call.js';

/** Shorter values of an address may be words. */
const SECRET_LENGTH = 8;

/** What only the gateway and an endpoint know: its key, and what its address says besides, as some servers take keys there. */
function secretsOf({ secret, request }: Pick<Call, 'secret' | 'request'>): string[] {
  const inAddress = [...request.url.searchParams].flatMap(([name, value]) =>
    value.length < SECRET_LENGTH || /version/i.test(name) ? [] : [value],
  );
  return secret === undefined ? inAddress : [secret, ...inAddress];
}

/** Text in which JSON's escapes of single characters are undone. */
const unescaped = (text: string): string =>
  text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replaceAll('\\/', '/');

/** What a server says is wrong, without the secrets of its endpoint, however it writes them. JSON stays JSON. */
export function masked(text: string, call: Pick<Call, 'secret' | 'request'>): string {
  const secrets = secretsOf(call);
  const mask = (one: string) => secrets.reduce((clean, secret) => redactRefusal(clean, secret), one);
  const plain = mask(text);
  if (!plain.includes('\\')) return plain;
  const open = unescaped(plain);
  const clean = mask(open);
  if (clean === open) return plain;
  try {
    // Written anew, it has no escapes but those that are needed.
    return mask(JSON.stringify(JSON.parse(plain)));
  } catch {
    return clean;
  }
}
