import type { QueueOptions } from '@routeprofile/pipeline';
import { RouteProfileError } from '@routeprofile/schema';
import { postgresUrl } from './postgres-url.js';

/** Flags of commands that share their work with workers. */
export interface QueueFlags {
  queue?: string | undefined;
  lease?: number | undefined;
}

/** Where to share work; undefined where nobody asked for it. */
export async function queueOf({ queue, lease }: QueueFlags): Promise<QueueOptions | undefined> {
  if (queue !== undefined) return { connection: await postgresUrl('--queue', queue), leaseSeconds: lease };
  if (lease === undefined) return undefined;
  throw new RouteProfileError('BAD_OPTION', '--lease is of use with --queue alone', { hint: 'Omit it.' });
}
