import { issueText, RouteProfileError, z, type Logger } from '@routeprofile/schema';

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

/** Settings of a store in Postgres that can stand in a file; all optional. */
export const postgresSettingsSchema = z.strictObject({
  /** The schema of the database that holds everything; it is made where it is missing. Channels have its name too. */
  schema: z
    .string()
    .regex(
      /^[a-z_][a-z0-9_]{0,39}$/,
      'expected at most 40 small letters, digits and underscores that do not begin with a digit',
    )
    .default('routeprofile'),
  /** Connections for statements; one more listens. */
  connections: z.number().int().min(1).max(100).default(5),
  /** Milliseconds that connecting, or one statement, may take. */
  timeoutMs: z.number().int().min(50).max(60_000).default(2_000),
  /**
   * What reservations are answered while the database cannot be reached: `refuse` fails them, `open` grants each, and counts what was spent
   * once the database is back.
   */
  onDown: z.enum(['refuse', 'open']).default('refuse'),
  /** Share of what is left of a budget that a replica takes at once and then spends without asking. 0 asks the database for each reservation. */
  leaseShare: z.number().min(0).max(0.1).default(0.01),
  /** Milliseconds after which money comes back that a replica had taken and not announced for use before it died. */
  leaseMs: z.number().int().min(500).max(3_600_000).default(15_000),
  /** Decisions that wait in memory while the database is down; further ones are refused. */
  maxWaiting: z.number().int().min(1).max(1_000_000).default(10_000),
});
/** Settings of a store in Postgres, with every default filled in. */
export type PostgresSettings = z.infer<typeof postgresSettingsSchema>;

/** How a store in Postgres is opened. */
export interface PostgresOptions extends z.input<typeof postgresSettingsSchema> {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or its parts. Never printed. */
  connection: string | PostgresConnection;
  /** Milliseconds since 1970, by which windows and reservations are timed. Default: the database's clock. */
  now?: () => number;
  /** Hears of outages and what they cost, never the URL or the password. */
  logger?: Logger;
}

/** @throws RouteProfileError BAD_OPTION */
export function openSettings({
  connection: _,
  now: _now,
  logger: _logger,
  ...given
}: PostgresOptions): PostgresSettings {
  const parsed = postgresSettingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new RouteProfileError('BAD_OPTION', `openPostgres: ${parsed.error.issues.map(issueText).join('; ')}`, {
    hint: 'Correct what is named.',
  });
}
