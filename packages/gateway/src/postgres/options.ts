import { RouteProfileError, type Logger } from '@routeprofile/schema';

/** Where a database is, where it is not given by a URL. */
export interface PostgresConnection {
  /** A name, an address, or the folder of a socket. */
  host: string;
  /** Default 5432. */
  port?: number;
  user: string;
  password?: string;
  database: string;
  /** As `ssl` of `pg`: true checks the server's certificate. Default: no TLS. */
  ssl?: boolean | { ca?: string; rejectUnauthorized?: boolean };
}

/** How a store in Postgres is opened. */
export interface PostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or its parts. Never printed. */
  connection: string | PostgresConnection;
  /** The schema of the database that holds everything; it is made where it is missing. Default `routeprofile`. */
  schema?: string;
  /** Connections for statements; one more listens. Default 5. */
  connections?: number;
  /** Milliseconds that connecting, or one statement, may take. Default 2,000. */
  timeoutMs?: number;
  /**
   * What reservations are answered while the database cannot be reached: `refuse` (default) fails them, `open` grants each, and counts what
   * was spent once the database is back.
   */
  onDown?: 'refuse' | 'open';
  /**
   * Share of what is left of a budget that a replica takes at once and then spends without asking, from 0 to 0.1. 0 asks the database
   * for each reservation. Default 0.01.
   */
  leaseShare?: number;
  /** Milliseconds after which money comes back that a replica had taken and not announced for use before it died. Default 15,000. */
  leaseMs?: number;
  /** Decisions that wait in memory while the database is down; further ones are refused. Default 10,000. */
  maxWaiting?: number;
  /** Milliseconds since 1970, by which windows and reservations are timed. Default: the database's clock. */
  now?: () => number;
  /** Hears of outages and what they cost, never the URL or the password. */
  logger?: Logger;
}

/** The same with every default filled in. */
export type OpenedOptions = Required<Omit<PostgresOptions, 'now' | 'logger'>> & Pick<PostgresOptions, 'now' | 'logger'>;

/** Names a schema, without need of quotes; channels have the name too, of which Postgres keeps 63 bytes. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,39}$/;
const URL_START = /^postgres(ql)?:\/\//;

const wrong = (what: string, hint: string) => new RouteProfileError('BAD_OPTION', what, { hint });

function assertNumber(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most))
    throw wrong(`${name} is ${value}, expected a number from ${least} to ${most}`, `Correct ${name}.`);
}

/** @throws RouteProfileError BAD_OPTION, which never repeats the URL */
export function openOptions({ now, logger, ...given }: PostgresOptions): OpenedOptions {
  const options: OpenedOptions = {
    schema: 'routeprofile',
    connections: 5,
    timeoutMs: 2_000,
    onDown: 'refuse',
    leaseShare: 0.01,
    leaseMs: 15_000,
    maxWaiting: 10_000,
    ...given,
    ...(now && { now }),
    ...(logger && { logger }),
  };
  if (typeof options.connection === 'string' && !URL_START.test(options.connection))
    throw wrong('the URL of Postgres does not begin with postgres://', 'Write postgres://USER:PASSWORD@HOST/DATABASE.');
  if (!SCHEMA.test(options.schema))
    throw wrong(
      `${options.schema} cannot name a schema`,
      'Use at most 40 small letters, digits and underscores, and no digit first.',
    );
  assertNumber('connections', options.connections, 1, 100);
  assertNumber('timeoutMs', options.timeoutMs, 50, 60_000);
  assertNumber('leaseShare', options.leaseShare, 0, 0.1);
  assertNumber('leaseMs', options.leaseMs, 500, 3_600_000);
  assertNumber('maxWaiting', options.maxWaiting, 1, 1_000_000);
  return options;
}
