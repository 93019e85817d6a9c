import { messageOf, plural, RouteProfileError, type Logger } from '@routeprofile/schema';
import type { DecisionRecord } from '../contracts/record.js';
import { refusalOf, type Database } from './database.js';
import { storable } from './storable.js';

/** Milliseconds that records may wait for others, to be written together. */
const TOGETHER_MS = 20;
/** Records of one statement, and about how many characters. */
const MOST = 500;
const MOST_CHARACTERS = 4_000_000;
/** Characters of records that wait in memory while the database is down. */
const MOST_WAITING_CHARACTERS = 128_000_000;
/** Milliseconds before the database is tried again. */
const RETRY_MS = 1_000;

interface Waiting {
  record: DecisionRecord;
  json: string;
  /** Whoever added it, until they are told that it is kept, or that it waits. */
  done: ((error?: Error) => void) | undefined;
  /** Whoever waits until it waits no longer, or until a write of it fails. */
  heard: ((error?: unknown) => void)[];
}

/** Records on their way to the database. */
export interface WaitingRecords {
  /**
   * Resolves once they are written; while the database is down, once they wait in memory.
   * @throws RouteProfileError LIMIT_EXCEEDED where too many wait
   */
  append(records: readonly DecisionRecord[]): Promise<void>;
  find(id: string): DecisionRecord | undefined;
  /**
   * Resolves as soon as this record waits no longer, however many come behind it; at once for any other.
   * @throws RouteProfileError NETWORK where it cannot be written, or is not in time
   */
  written(id: string, withinMs: number): Promise<void>;
  close(): Promise<void>;
}

export function openWaitingRecords(
  database: Database,
  schema: string,
  maxWaiting: number,
  logger: Logger | undefined,
): WaitingRecords {
  const sql = `select ${schema}.append_decisions($1, $2, $3, $4)`;
  const queue = new Map<string, Waiting>();
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let spilled = false;

  const insert = (batch: readonly Waiting[]) =>
    database.query(sql, [
      batch.map(({ record }) => storable(record.id)),
      batch.map(({ record }) => storable(record.tenant)),
      batch.map(({ record }) => record.at),
      batch.map(({ json }) => json),
    ]);
  const leave = (one: Waiting, error?: Error) => {
    queue.delete(one.record.id);
    characters -= one.json.length;
    one.done?.(error);
    one.done = undefined;
    for (const hear of one.heard.splice(0)) hear();
  };
  const nextBatch = (): Waiting[] => {
    const batch: Waiting[] = [];
    let length = 0;
    for (const one of queue.values()) {
      length += one.json.length;
      if (batch.length > 0 && (batch.length === MOST || length > MOST_CHARACTERS)) break;
      batch.push(one);
    }
    return batch;
  };
  /** One that the database refuses must not hold up the others. */
  const insertOneByOne = async (batch: readonly Waiting[]) => {
    for (const one of batch) {
      try {
        await insert([one]);
        leave(one);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === undefined) throw error;
        leave(one, refusal);
      }
    }
  };
  const write = async () => {
    clearTimeout(timer);
    timer = undefined;
    try {
      while (queue.size > 0) {
        const batch = nextBatch();
        try {
          await insert(batch);
          for (const one of batch) leave(one);
        } catch (error) {
          if (refusalOf(error) === undefined) throw error;
          await insertOneByOne(batch);
        }
      }
      if (spilled) logger?.info('Postgres: the decisions that waited in memory are written');
      spilled = false;
    } catch (error) {
      for (const one of queue.values()) {
        one.done?.();
        one.done = undefined;
        for (const hear of one.heard.splice(0)) hear(error);
      }
      if (!spilled) logger?.warn(`decisions wait in memory, up to ${maxWaiting}: ${messageOf(error)}`);
      spilled = true;
      throw error;
    }
  };
  const flush = (): Promise<void> =>
    (writing ??= write().finally(() => {
      writing = undefined;
      if (queue.size > 0) schedule(spilled ? RETRY_MS : 0);
    }));
  const schedule = (ms: number) => {
    timer ??= setTimeout(() => void flush().catch(() => {}), ms);
  };
  const add = async (record: DecisionRecord): Promise<void> => {
    if (queue.has(record.id)) return;
    const json = JSON.stringify(record);
    if (queue.size >= maxWaiting || characters + json.length > MOST_WAITING_CHARACTERS)
      throw new RouteProfileError('LIMIT_EXCEEDED', `${plural(queue.size, 'decision')} wait for Postgres already`, {
        hint: 'See why the database is down or slow.',
      });
    characters += json.length;
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error) => (error === undefined ? resolve() : reject(error));
      queue.set(record.id, { record, json, done: spilled ? undefined : done, heard: [] });
      if (spilled) resolve();
    });
  };
  return {
    async append(records) {
      const added = records.map(add);
      if (queue.size > 0 && writing === undefined) schedule(queue.size >= MOST ? 0 : TOGETHER_MS);
      await Promise.all(added);
    },
    find: (id) => queue.get(id)?.record,
    async written(id, withinMs) {
      const one = queue.get(id);
      if (one === undefined) return;
      // Whether it fails is heard below.
      void flush().catch(() => {});
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () =>
            reject(
              new RouteProfileError(
                'NETWORK',
                `Postgres: decision ${id} is not written after ${withinMs} ms, and cannot be judged before`,
                { hint: 'Send it again later, and see why the database is slow.' },
              ),
            ),
          withinMs,
        );
        one.heard.push((error) => {
          clearTimeout(late);
          if (error === undefined) resolve();
          else reject(error instanceof Error ? error : new Error(messageOf(error)));
        });
      });
    },
    async close() {
      try {
        while (queue.size > 0) await flush();
      } catch (error) {
        logger?.warn(`${plural(queue.size, 'decision')} that waited in memory are lost: ${messageOf(error)}`);
      }
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
