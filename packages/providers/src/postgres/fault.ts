import { RouteProfileError } from '@routeprofile/schema';

/** SQLSTATE classes of what is wrong with a statement, its values or its rights: the database itself is up. */
const OF_STATEMENT = /^(0A|21|22|23|42|P0)...$/;

/** @throws RouteProfileError BAD_OPTION for what is not the URL of a Postgres; the URL is not repeated */
export function assertPostgresUrl(url: string): void {
  if (!/^postgres(ql)?:\/\//.test(url)) throw unreadablePostgres('the URL of Postgres does not begin with postgres://');
}

/** What is said of a URL that cannot be used, without the URL. */
export const unreadablePostgres = (what: string): RouteProfileError =>
  new RouteProfileError('BAD_OPTION', what, {
    hint: 'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with signs such as # / ? @ in the password as %23 %2F %3F %40.',
  });

/**
 * What Postgres, the system and `pg` say of a failed statement: BAD_INPUT where the database is up and refuses it, NETWORK otherwise.
 * @param error as `pg` throws it
 * @param secrets not empty; are masked in the message
 * @param hint what to do about a statement that is refused
 */
export function postgresFault(error: unknown, secrets: readonly string[], hint: string): RouteProfileError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const named = typeof code === 'string' ? code : undefined;
  // An error of the system names hosts; its code says all that is needed.
  const ofSystem = named !== undefined && /^E[A-Z]+$/.test(named);
  const said = ofSystem || typeof message !== 'string' || message === '' ? (named ?? 'no reason is given') : message;
  const spelled = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const text = spelled.reduce((whole, secret) => whole.replaceAll(secret, '***'), said);
  if (named !== undefined && OF_STATEMENT.test(named))
    return new RouteProfileError('BAD_INPUT', `Postgres refuses a statement: ${text} (${named})`, { hint });
  return new RouteProfileError('NETWORK', `Postgres: ${text}${named && !ofSystem ? ` (${named})` : ''}`, {
    hint: 'See whether the database is up, and whether host, user, password and database of its URL are right.',
  });
}
