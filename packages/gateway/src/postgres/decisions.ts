import { RouteProfileError } from '@routeprofile/schema';
import { decisionRecordSchema, type DecisionRecord } from '../contracts/record.js';
import { feedbackSchema, type Labelled, type StateStore } from '../contracts/store.js';
import { meaningOf } from '../store/note-feedback.js';
import { createTurns } from '../store/turns.js';
import type { Database } from './database.js';
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

const recordOf = ({ record }: Row): DecisionRecord => decisionRecordSchema.parse(record);

/** @param patienceMs milliseconds that feedback waits for its decision to be written */
export function openDecisions(
  database: Database,
  schema: string,
  waiting: WaitingRecords,
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
      return row && recordOf(row);
    },
    async latest(tenant, count) {
      return (await database.query<Row>(sql.latest, [storable(tenant), count])).map(recordOf);
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
      const rows = await database.query<{ said: unknown }>(sql.said, [storable(decision)]);
      return rows.map(({ said }) => feedbackSchema.parse(said));
    },
    async *read(from = '0'): AsyncGenerator<Labelled> {
      if (!/^\d{1,18}$/.test(from))
        throw new RouteProfileError('BAD_INPUT', `${from} is not a cursor of this store`, {
          hint: 'Pass the `cursor` of a row that `read` gave, or nothing.',
        });
      for (let after = from; ;) {
        const rows = await database.query<Row & { seq: string; feedback: unknown[] }>(sql.page, [after]);
        for (const row of rows) {
          const feedback = row.feedback.map((one) => feedbackSchema.parse(one));
          yield { cursor: row.seq, record: recordOf(row), feedback };
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        after = last.seq;
      }
    },
  };
}
