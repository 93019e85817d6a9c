import { messageOf, messageWithHint, RouteProfileError, type Logger } from '@routeprofile/schema';
import type { QueueDatabase } from './database.js';
import { assertSameVersions, manifestSchema, type Manifest } from './manifest.js';
import { deleteSilentRuns, SILENT_RUN_SECONDS, tellRun } from './shared-run.js';

/** A run that this worker takes jobs of. */
export interface JoinedRun<M extends Manifest = Manifest> {
  id: string;
  manifest: M;
}

/** Which runs there are for this worker. */
export interface JoinedRuns {
  /** Looks again. @returns those that this worker can serve, the oldest first */
  look(): Promise<JoinedRun[]>;
  /** Takes part in a run no longer; says why to the run and to the logger. */
  leave(run: string, error: unknown): Promise<void>;
  /** How many it did not join, or left. */
  refused(): number;
}

/**
 * @param name of the worker, for people
 * @param check throws a RouteProfileError for a run that would not get the same results here
 */
export function openJoinedRuns(
  database: QueueDatabase,
  name: string,
  check: (manifest: Manifest) => Promise<void>,
  logger: Logger | undefined,
): JoinedRuns {
  const joined = new Map<string, JoinedRun>();
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
      // What another version wrote may have another form; its versions can be read all the same.
      const parsed = manifestSchema.safeParse(written);
      if (!parsed.success)
        throw new RouteProfileError('UNSUPPORTED', 'the run is of another version of RouteProfile', {
          hint: 'Install the same version on both machines.',
        });
      assertSameVersions(parsed.data.same);
      await check(parsed.data);
      joined.set(id, { id, manifest: parsed.data });
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
      await deleteSilentRuns(database);
      const sql = `select id, manifest from ${schema}.runs where kind <> 'hidden'
        and seen > now() - ${SILENT_RUN_SECONDS} * interval '1 second' order by created, id`;
      const rows = await query<{ id: string; manifest: unknown }>(sql);
      const there = new Set(rows.map(({ id }) => id));
      for (const id of [...joined.keys()]) if (!there.has(id)) joined.delete(id);
      for (const { id, manifest } of rows) if (!joined.has(id) && !refused.has(id)) await join(id, manifest);
      return rows.flatMap(({ id }) => joined.get(id) ?? []);
    },
  };
}
