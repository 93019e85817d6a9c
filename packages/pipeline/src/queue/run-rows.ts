import { RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { sleep } from '@routeprofile/providers';
import type { QueueDatabase } from './database.js';
import type { Manifest } from './manifest.js';

/**
 * The rows of the table `runs`. A run is in one of three states, by how long nothing was heard of the process that began it:
 * - alive;
 * - silent, after 5 seconds: the same command, started again, takes it over; workers go on with its cells, but make no calls for it, which
 *   cost money;
 * - abandoned, after 10 minutes: workers leave it, and whoever finds it deletes it.
 */
const SILENT_SECONDS = 5;
const ABANDONED_SECONDS = 600;

const silence = (seconds: number): string => `now() - ${seconds} * interval '1 second'`;
/** SQL: whether a row's run is silent. */
export const IS_SILENT = `seen < ${silence(SILENT_SECONDS)}`;
/** SQL: whether a row's run is abandoned. */
export const IS_ABANDONED = `seen < ${silence(ABANDONED_SECONDS)}`;

/** Milliseconds between looks at whether an earlier process is alive. */
const LOOK_MS = 500;

/** Puts a row that workers do not see yet: files can be put only for a run that is there. */
export async function hideRun({ query, schema }: QueueDatabase, id: string, owner: string): Promise<void> {
  const sql = `insert into ${schema}.runs (id, kind, manifest, owner) values ($1, 'hidden', '{}', $2) on conflict do nothing`;
  await query(sql, [id, owner]);
}

/** From now on workers see it. */
export async function showRun(
  { query, schema }: QueueDatabase,
  id: string,
  identity: string,
  manifest: Manifest,
): Promise<void> {
  const sql = `update ${schema}.runs set kind = $2, manifest = $3, identity = $4, seen = now() where id = $1`;
  await query(sql, [id, manifest.kind, JSON.stringify(manifest), identity]);
}

/** Whether a run is there. @param owner if it has to be this one's */
export async function isRunThere({ query, schema }: QueueDatabase, id: string, owner?: string): Promise<boolean> {
  const sql = `select id from ${schema}.runs where id = $1 and owner = coalesce($2, owner)`;
  return (await query(sql, [id, owner ?? null])).length > 0;
}

/**
 * Says that a run's process is alive.
 * @throws RouteProfileError NETWORK where the run is no longer this one's
 */
export async function saySign(database: QueueDatabase, id: string, owner: string): Promise<void> {
  const { query, schema } = database;
  const sql = `update ${schema}.runs set seen = now() where id = $1 and owner = $2 returning id`;
  if ((await query(sql, [id, owner])).length > 0) return;
  if (await isRunThere(database, id))
    throw new RouteProfileError('NETWORK', 'another process of the same command has taken this run over', {
      hint: 'Nothing was heard of this one for a while. Let the other one finish.',
    });
  throw new RouteProfileError(
    'NETWORK',
    `the run was deleted from the queue, as nothing was heard of this process for ${ABANDONED_SECONDS / 60} minutes`,
    { hint: 'Run the same command again: what was finished is kept.' },
  );
}

/**
 * Takes over the run of a process that died, where there is one of the same identity.
 * @param identity of all that two processes have in common if one goes on with what the other began
 * @returns its id
 */
export async function takeRunOver(
  { query, schema }: QueueDatabase,
  identity: string,
  owner: string,
  ctx: Pick<RunContext, 'signal' | 'logger'>,
): Promise<string | undefined> {
  let before: string | undefined;
  for (;;) {
    const [found] = await query<{ id: string; seen: string; silent: boolean }>(
      `select id, seen::text as seen, ${IS_SILENT} as silent from ${schema}.runs
        where identity = $1 and not (${IS_ABANDONED}) order by created desc, id limit 1`,
      [identity],
    );
    if (found === undefined) return undefined;
    if (!found.silent) {
      if (before !== undefined && before !== found.seen) {
        ctx.logger?.warn(
          'another process is at the same work, with the same output folder; this process begins its own run',
        );
        return undefined;
      }
      before = found.seen;
      await sleep(LOOK_MS, ctx.signal).catch(() => throwIfAborted(ctx));
      continue;
    }
    // Of two that try it, one finds it as it was. A statement whose answer was lost is sent again, and finds itself.
    const sql = `update ${schema}.runs set owner = $2, seen = now() where id = $1 and (seen = $3 or owner = $2) returning id`;
    if ((await query(sql, [found.id, owner, found.seen])).length > 0) return found.id;
  }
}
