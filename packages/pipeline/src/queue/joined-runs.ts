import { messageOf, messageWithHint, RouteProfileError, type Logger } from '@routeprofile/schema';
import type { QueueDatabase } from './database.js';
import { readManifest, type Manifest } from './manifest.js';
import { deleteAbandonedRuns } from './delete-run.js';
import { IS_ABANDONED, IS_SILENT } from './run-rows.js';
import { tellRun } from './shared-run.js';

/** A run that this worker takes jobs of. */
export interface JoinedRun<M extends Manifest = Manifest> {
  id: string;
  manifest: M;
  /** Whether its process has not been heard of for some seconds: it may have died. */
  silent: boolean;
}

/** Which runs there are for this worker. */
export interface JoinedRuns {
  /** Looks again. @returns those that this worker can serve: the oldest first, silent ones last */
  look(): Promise<JoinedRun[]>;
  /** Takes part in a run no longer; says why to the run and to the logger. */
  leave(run: string, error: unknown): Promise<void>;
  /** How many it did not join, or left. */
  refused(): number;
}

/**
 * @param name of the worker, for people
 * @param kinds of runs that it takes jobs of
 * @param check throws a RouteProfileError for a run that would not get the same results here
 */
export function openJoinedRuns(
  database: QueueDatabase,
  name: string,
  kinds: readonly Manifest['kind'][],
  check: (manifest: Manifest) => Promise<void>,
  logger: Logger | undefined,
): JoinedRuns {
  const joined = new Map<string, Manifest>();
  const refused = new Set<string>();
  const { query, schema } = database;

  const leave: JoinedRuns['leave'] = async (run, error) => {
    joined.delete(run);
    if (refused.has(run)) return;
    refused.add(run);
    const why = RouteProfileError.isInstance(error) ? messageWithHint(error) : messageOf(error);
    logger?.warn(`run ${run}: this worker cannot take part: ${why}`);
    await tellRun(database, run, { type: 'refused', worker: name, why });
  };
  const join = async (id: string, written: unknown) => {
    try {
      const manifest = readManifest(written);
      await check(manifest);
      joined.set(id, manifest);
      await tellRun(database, id, { type: 'joined', worker: name });
    } catch (error) {
      if (!RouteProfileError.isInstance(error) || error.code === 'NETWORK' || error.code === 'ABORTED') throw error;
      await leave(id, error);
    }
  };
  return {
    leave,
    refused: () => refused.size,
    async look() {
      await deleteAbandonedRuns(database);
      const sql = `select id, manifest, ${IS_SILENT} as silent from ${schema}.runs where kind = any($1)
        and not (${IS_ABANDONED}) order by ${IS_SILENT}, created, id`;
      const rows = await query<{ id: string; manifest: unknown; silent: boolean }>(sql, [kinds]);
      const there = new Set(rows.map(({ id }) => id));
      for (const id of [...joined.keys()]) if (!there.has(id)) joined.delete(id);
      for (const { id, manifest } of rows) if (!joined.has(id) && !refused.has(id)) await join(id, manifest);
      return rows.flatMap(({ id, silent }) => {
        const manifest = joined.get(id);
        return manifest === undefined ? [] : [{ id, manifest, silent }];
      });
    },
  };
}
