import type { KeyConfig } from '../config/config.js';
import type { HeaderReader } from './exchange.js';

/** Knows who sends a request. */
export interface Keyring {
  /** @returns undefined for a key that is missing or wrong */
  holderOf(headers: HeaderReader): Promise<KeyConfig | undefined>;
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
function presented(headers: HeaderReader): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return bearer ?? headers.get('x-api-key') ?? undefined;
}

/**
 * Keys are compared by their hashes, all of them each time, so that time tells nothing of them.
 * @param secrets by the key's id; they are not kept
 */
export function createKeyring(keys: readonly KeyConfig[], secrets: ReadonlyMap<string, string>): Keyring {
  const hashed = Promise.all(
    keys.flatMap((key) => {
      const secret = secrets.get(key.id);
      return secret === undefined ? [] : [digest(secret).then((hash) => ({ key, hash }))];
    }),
  );
  return {
    async holderOf(headers) {
      const given = presented(headers);
      if (given === undefined) return undefined;
      const hash = await digest(given);
      let holder: KeyConfig | undefined;
      for (const { key, hash: known } of await hashed) if (same(hash, known)) holder = key;
      return holder;
    },
  };
}
