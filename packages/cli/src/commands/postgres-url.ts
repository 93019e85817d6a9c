import { RouteProfileError } from '@routeprofile/schema';

/**
 * The URL of a Postgres that a flag names: by a reference, or itself where it holds no password, which other users of this machine could
 * read in the list of processes.
 * @param flag for messages, such as `--queue`
 * @throws RouteProfileError BAD_OPTION, MISSING_FILE
 */
export async function postgresUrl(flag: string, reference: string): Promise<string> {
  const hint = `${flag} takes env:NAME or file:PATH, where postgres://USER:PASSWORD@HOST:PORT/DATABASE is, or such a URL without a password.`;
  if (/^postgres(ql)?:\/\//.test(reference)) {
    if (!URL.canParse(reference) || new URL(reference).password !== '' || /[?&]password=/.test(reference))
      throw new RouteProfileError('BAD_OPTION', `the URL after ${flag} cannot be read, or holds a password`, { hint });
    return reference;
  }
  const { fileSecrets, secretReferenceSchema } = await import('@routeprofile/gateway/node');
  const parsed = secretReferenceSchema.safeParse(reference);
  if (!parsed.success) throw new RouteProfileError('BAD_OPTION', `${flag} is not a reference to a URL`, { hint });
  const url = fileSecrets()(parsed.data);
  if (url === undefined)
    throw new RouteProfileError('BAD_OPTION', `${flag}: there is no secret in ${reference}`, { hint });
  return url;
}
