import { RouteProfileError } from '@routeprofile/schema';
import type { Labelled, StateStore } from '../contracts/store.js';
import { meaningOf } from '../store/note-feedback.js';
import { createTurns } from '../store/turns.js';
import type { Database } from './database.js';
import type { RowReader } from './rows.js';
import { storable } from './storable.js';
import type { WaitingRecords } from './waiting-records.js';

/** Rows of one page of `read`. */
const PAGE = 500;

/** Values of `json` as the driver gives them. */
interface Row {
  record: unknown;
}

/** Decisions in the database, and what was said of them. */
export type StoredDecisions = Pick<StateStore, 'find' | 'latest' | 'feedback' | 'said' | 'read'>;

/** @param patienceMs milliseconds that feedback waits for its decision to be written */
export function openDecisions(
  database: Database,
  schema: string,
  waiting: WaitingRecords,
  rows: RowReader,
  patienceMs: number,
): StoredDecisions {
  const inTurn = createTurns();
  const sql = {
    find: `select record from ${schema}.decisions where id = $1`,
    latest: `select record from ${schema}.decisions where tenant = $1 order by seq desc limit $2`,
    // What was not kept was there before, or there was no room for it.
    unkept: `select exists (select from ${schema}.feedback o where o.decision = d.seq and o.id = $3) as there
      from ${schema}.decisions d where d.id = $1 and d.tenant = $2`,
    // Only a row that was there before has a transaction that changed it.
    feedback: `insert into ${schema}.feedback as f (decision, id, said, meaning)
      select d.seq, $3, $4::json, $5 from ${schema}.decisions d where d.id = $1 and d.tenant = $2 and (
        (select count(*) from ${schema}.feedback o where o.decision = d.seq) < $6
        or exists (select from ${schema}.feedback o where o.decision = d.seq and o.id = $3))
      on conflict (decision, id) do update set said = excluded.said, meaning = excluded.meaning, seq = default
        where f.meaning <> excluded.meaning
      returning xmax = 0 as fresh`,
    said: `select f.said from ${schema}.feedback f join ${schema}.decisions d on d.seq = f.decision where d.id = $1 order by f.seq`,
    page: `select d.seq, d.record, coalesce((
        select json_agg(f.said order by f.seq) from ${schema}.feedback f where f.decision = d.seq), '[]') as feedback
      from ${schema}.decisions d where d.seq > $1 order by d.seq limit ${PAGE}`,
  };
  return {
    async find(id) {
      const coming = waiting.find(id);
      if (coming) return coming;
      const [row] = await database.query<Row>(sql.find, [storable(id)]);
      const record = row && rows.record(row.record);
      rows.tell();
      return record;
    },
    async latest(tenant, count) {
      const found = await database.query<Row>(sql.latest, [storable(tenant), count]);
      const records = found.flatMap(({ record }) => rows.record(record) ?? []);
      rows.tell();
      return records;
    },
    async feedback(said, most = Number.MAX_SAFE_INTEGER) {
      // What is judged may still be on its way.
      await waiting.written(said.decision, patienceMs);
      // A statement does not see what another one is about to keep, so that each of a decision counts those before it.
      return inTurn(said.decision, async () => {
        const named = [storable(said.decision), storable(said.tenant), storable(said.id)];
        const values = [...named, JSON.stringify(said), meaningOf(said), most];
        const [stored] = await database.query<{ fresh: boolean }>(sql.feedback, values);
        if (stored) return stored.fresh ? 'stored' : 'replaced';
        const [unkept] = await database.query<{ there: boolean }>(sql.unkept, named);
        return unkept === undefined ? 'unknown' : unkept.there ? 'duplicate' : 'full';
      });
    },
    async said(decision) {
      const found = await database.query<{ said: unknown }>(sql.said, [storable(decision)]);
      const all = rows.feedback(
        found.map(({ said }) => said),
        decision,
      );
      rows.tell();
      return all;
    },
    async *read(from = '0'): AsyncGenerator<Labelled> {
      if (!/^\d{1,18}$/.test(from))
        throw new RouteProfileError('BAD_INPUT', `${from} is not a cursor of this store`, {
          hint: 'Pass the `cursor` of a row that `read` gave, or nothing.',
        });
      for (let after = from; ;) {
        const page = await database.query<Row & { seq: string; feedback: unknown[] }>(sql.page, [after]);
        for (const { seq, record: value, feedback } of page) {
          const record = rows.record(value);
          if (record !== undefined) yield { cursor: seq, record, feedback: rows.feedback(feedback, record.id) };
        }
        const last = page.at(-1);
        if (last === undefined || page.length < PAGE) return rows.tell(true);
        after = last.seq;
      }
    },
  };
}
