import { recentVectors } from '@routeprofile/gateway';
import { openServedEncoder } from '@routeprofile/pipeline';
import type { Encoder, Logger } from '@routeprofile/schema';
import type { Opened } from './opened.js';

/**
 * Opens the encoders of routes, each once: several routes that read with the same one share its threads and its memory.
 * @param opened closes them
 * @returns what `openRouter` takes as the encoder of a router's folder; `named` is what the configuration says
 */
export function servedEncoders(
  logger: Logger,
  opened: Opened,
): (folder: string, named: string | undefined) => (id: string) => Promise<Encoder> {
  const encoders = new Map<string, Promise<Encoder>>();
  const open = async (id: string, folder: string, named: string | undefined): Promise<Encoder> => {
    const encoder = recentVectors(await openServedEncoder(id, { encoder: named, file: folder, logger }));
    opened.add(async () => encoder.dispose?.());
    return encoder;
  };
  return (folder, named) => (id) => {
    const key = JSON.stringify([id, named]);
    const known = encoders.get(key);
    if (known) return known;
    const opening = open(id, folder, named);
    encoders.set(key, opening);
    return opening;
  };
}
