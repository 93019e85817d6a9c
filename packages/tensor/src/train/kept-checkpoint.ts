import { RouteProfileError, type RunContext } from '@routeprofile/schema';

/** Bytes of SHA-256. */
const SEAL = 32;

const sealOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/** Puts a packed checkpoint into the context's store, if it has one, behind the hash of its bytes. */
export async function keepCheckpoint(key: string, packed: Uint8Array, { store }: RunContext): Promise<void> {
  if (!store) return;
  const sealed = new Uint8Array(SEAL + packed.length);
  sealed.set(packed, SEAL);
  sealed.set(await sealOf(sealed.slice(SEAL)));
  await store.set(key, sealed);
}

/**
 * The checkpoint that the context's store holds under this key. One that is damaged, in a single bit even, is worth only time:
 * it is named in a warning and taken for absent, so that training starts anew and writes over it.
 * @param unpack may throw CORRUPT_FILE
 * @returns the state, undefined where none can be read; and whether the store holds anything under the key
 */
export async function loadCheckpoint<T>(
  key: string,
  unpack: (packed: Uint8Array) => T,
  { store, logger }: RunContext,
): Promise<{ state: T | undefined; found: boolean }> {
  const sealed = await store?.get(key);
  if (sealed === undefined) return { state: undefined, found: false };
  try {
    const packed = sealed.slice(SEAL);
    const seal = await sealOf(new Uint8Array(packed));
    if (sealed.length < SEAL || seal.some((byte, i) => byte !== sealed[i]))
      throw new RouteProfileError('CORRUPT_FILE', 'checkpoint: its bytes are not those that were written');
    return { state: unpack(packed), found: true };
  } catch (error) {
    if (!RouteProfileError.isInstance(error) || error.code !== 'CORRUPT_FILE') throw error;
    logger?.warn(`A training starts anew, because its checkpoint cannot be read (key ${key}): ${error.message}.`);
    return { state: undefined, found: true };
  }
}
