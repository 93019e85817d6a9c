import type { QueueOptions } from '@routeprofile/pipeline';
import { RouteProfileError } from '@routeprofile/schema';

/** Flags of commands that share their work with workers. */
export interface QueueFlags {
  queue?: string | undefined;
  lease?: number | undefined;
}

const WHERE = '--queue takes env:NAME or file:PATH, where postgres://USER:PASSWORD@HOST:PORT/DATABASE is.';

/**
 * The URL that `--queue` names: by a reference, or itself where it holds no password, which other users of this machine could read in the
 * list of processes.
 * @throws RouteProfileError BAD_OPTION, MISSING_FILE
 */
export async function queueUrl(reference: string): Promise<string> {
  if (/^postgres(ql)?:\/\//.test(reference)) {
    if (!URL.canParse(reference) || new URL(reference).password !== '' || /[?&]password=/.test(reference))
      throw new RouteProfileError('BAD_OPTION', 'the URL after --queue cannot be read, or holds a password', {
        hint: WHERE,
      });
    return reference;
  }
  const { fileSecrets, secretReferenceSchema } = await import('@routeprofile/gateway/node');
  const parsed = secretReferenceSchema.safeParse(reference);
  if (!parsed.success)
    throw new RouteProfileError('BAD_OPTION', '--queue is not a reference to a URL', { hint: WHERE });
  const url = fileSecrets()(parsed.data);
  if (url !== undefined) return url;
  throw new RouteProfileError('BAD_OPTION', `--queue: there is no secret in ${reference}`, { hint: WHERE });
}

/** Where to share work; undefined where nobody asked for it. */
export async function queueOf({ queue, lease }: QueueFlags): Promise<QueueOptions | undefined> {
  if (queue !== undefined) return { connection: await queueUrl(queue), leaseSeconds: lease };
  if (lease === undefined) return undefined;
  throw new RouteProfileError('BAD_OPTION', '--lease is of use with --queue alone', { hint: 'Omit it.' });
}
