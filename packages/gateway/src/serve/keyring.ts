import type { Key } from '../config/snapshot.js';

/** Knows who sends a request. */
export interface Keyring {
  /** @returns undefined for a key that is missing or wrong */
  holderOf(headers: Headers): Promise<Key | undefined>;
}

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/** Looks at every byte, wherever they differ. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}

/** The key of a request, as clients of any wire send it. */
function presented(headers: Headers): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return bearer ?? headers.get('x-api-key') ?? undefined;
}

/** Keys are compared by their hashes, all of them each time, so that time tells nothing of them. */
export function createKeyring(keys: readonly Key[]): Keyring {
  const hashed = Promise.all(keys.map(async (key) => ({ key, hash: await digest(key.secret) })));
  return {
    async holderOf(headers) {
      const hash = await digest(presented(headers) ?? '');
      let holder: Key | undefined;
      for (const { key, hash: known } of await hashed) if (same(hash, known)) holder = key;
      return holder;
    },
  };
}
