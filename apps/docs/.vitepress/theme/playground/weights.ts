import type { UseLiteFiles } from '@routeprofile/encoders';
import { RouteProfileError } from '@routeprofile/schema';

/** Addresses of the files of `use-lite`. */
export interface WeightAddresses {
  model: string;
  vocab: string;
  /** By the name that `model.json` gives them. */
  shards: Readonly<Record<string, string>>;
}

export interface FetchOptions {
  signal: AbortSignal;
  /** @param bytes loaded so far, of all files together */
  onBytes(bytes: number): void;
}

/** The encoder's files, fetched when asked for. */
export function fetchedFiles(addresses: WeightAddresses, { signal, onBytes }: FetchOptions): UseLiteFiles {
  let loaded = 0;
  const load = (address: string) =>
    fetchBytes(address, signal, (bytes) => {
      loaded += bytes;
      onBytes(loaded);
    });
  const json = async (address: string): Promise<unknown> => JSON.parse(new TextDecoder().decode(await load(address)));
  return {
    model: () => json(addresses.model),
    vocab: () => json(addresses.vocab),
    async weights(paths) {
      const parts: Uint8Array[] = [];
      for (const path of paths) {
        const address = addresses.shards[path];
        if (address === undefined)
          throw new RouteProfileError('MISSING_FILE', `this site lacks ${path} of use-lite`, {
            hint: 'Build the site again.',
          });
        parts.push(await load(address));
      }
      return joined(parts).buffer;
    },
  };
}

async function fetchBytes(
  address: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body)
    throw new RouteProfileError('NETWORK', `${address} answered ${response.status}`, { hint: 'Try again.' });
  const parts: Uint8Array[] = [];
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(parts);
    parts.push(value);
    onBytes(value.length);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
