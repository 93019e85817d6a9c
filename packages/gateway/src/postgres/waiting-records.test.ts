import { RouteProfileError } from '@routeprofile/schema';
import { expect, it } from 'vitest';
import { contractRecord } from '../testing/state-store-contract.js';
import type { Database } from './database.js';
import { openDecisions } from './decisions.js';
import { createRowReader } from './rows.js';
import { openWaitingRecords } from './waiting-records.js';

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A database that takes some milliseconds for each statement, until it is down. */
function slowDatabase(ms: number) {
  const state = { down: false };
  const database: Database = {
    async query<Row>(sql: string) {
      await wait(ms);
      if (state.down) throw new RouteProfileError('NETWORK', 'Postgres: ECONNREFUSED');
      return (sql.includes('append_decisions') ? [] : [{ fresh: true }]) as Row[];
    },
    check: async () => {},
    close: async () => {},
  };
  const waiting = openWaitingRecords(database, 's', 10_000, undefined);
  return { state, waiting, decisions: openDecisions(database, 's', waiting, createRowReader(undefined), 200) };
}
const said = { id: 'f', tenant: 'a', name: 'quality', value: true, score: 1, source: 'user', at: 1 } as const;

it('is judged as soon as it is written, however many come behind it', async () => {
  const { waiting, decisions } = slowDatabase(5);
  let loaded = true;
  const load = (async () => {
    for (let i = 0; loaded; i++) {
      void waiting.append([contractRecord(`more ${i}`)]);
      await wait(1);
    }
  })();
  void waiting.append([contractRecord('one')]);
  const fate = await Promise.race([decisions.feedback({ ...said, decision: 'one' }), wait(1_500)]);
  loaded = false;
  await load;
  await waiting.close();
  expect(fate).toBe('stored');
});

it('is not waited for longer than it may take, nor while the database is down', async () => {
  const { waiting, decisions, state } = slowDatabase(400);
  const written = waiting.append([contractRecord('one')]);
  await expect(decisions.feedback({ ...said, decision: 'one' })).rejects.toMatchObject({
    code: 'NETWORK',
    message: 'Postgres: decision one is not written after 200 ms, and cannot be judged before',
  });
  await written;
  expect(await decisions.feedback({ ...said, decision: 'one' })).toBe('stored');
  state.down = true;
  void waiting.append([contractRecord('two')]);
  await wait(450);
  const slow = { ...said, decision: 'two' };
  await expect(decisions.feedback(slow)).rejects.toMatchObject({ code: 'NETWORK' });
  state.down = false;
  await waiting.close();
});
