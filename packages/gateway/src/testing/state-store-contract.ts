import type { TestRunner } from '@routeprofile/schema/testing';
import type { DecisionRecord } from '../contracts/record.js';
import type { Feedback, Labelled, Limit, StateStore } from '../contracts/store.js';

/** What the suite has of a store that it tries. */
export interface StateStoreContractOptions {
  /**
   * A new store that remembers nothing.
   * @param now milliseconds since 1970, by which limits and reservations are timed
   */
  create: (now: () => number) => Promise<StateStore> | StateStore;
}

const NOON = Date.parse('2026-03-31T12:00:00Z');
const HOUR = 3_600_000;
const daily = (amount: number): Limit => ({ amount, per: 'day' });

/** A record of the suite, for further tests of a store. */
export const contractRecord = (id: string, more: Partial<DecisionRecord> = {}): DecisionRecord => ({
  version: 1,
  id,
  at: NOON,
  tenant: 'a',
  wire: 'chat',
  route: 'default',
  router: { strategy: 'knn', encoder: 'hash' },
  requirements: { tools: true },
  ranked: [{ model: 'small', score: 0.5 }],
  model: 'small',
  propensity: 1,
  reasons: [{ kind: 'neighbours', text: 'Köln 👋' }],
  attempts: [{ endpoint: 'e1', candidate: 'small', totalMs: 12.5, status: 200 }],
  cost: 0.001,
  served: 'small',
  status: 200,
  ...more,
});

async function all(rows: AsyncIterable<Labelled>): Promise<Labelled[]> {
  const list: Labelled[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

/** The suite every state store passes. */
export function describeStateStore(
  { describe, it, expect }: TestRunner,
  name: string,
  { create }: StateStoreContractOptions,
): void {
  let now = NOON;
  const open = async () => {
    now = NOON;
    return create(() => now);
  };
  const granted = async (store: StateStore, amount: number, limit: Limit, ttlMs = HOUR) =>
    (await store.reserve('team', amount, limit, ttlMs))?.id;

  describe(`state store contract: ${name}`, () => {
    it('grants 100 of 400 reservations of $1 at the same time under $100', async () => {
      const store = await open();
      const grants = await Promise.all(Array.from({ length: 400 }, () => store.reserve('team', 1, daily(100), HOUR)));
      const ids = grants.flatMap((grant) => (grant ? [grant.id] : []));
      expect([ids.length, new Set(ids).size]).toEqual([100, 100]);
      expect(await store.spent('team', 'day')).toBe(100);
      await Promise.all(ids.map((id) => store.settle(id, 0.5)));
      expect(await store.spent('team', 'day')).toBe(50);
      await store.close();
    });

    it('counts what was spent in the place of what was held, once', async () => {
      const store = await open();
      const id = await granted(store, 4, daily(5));
      expect(await granted(store, 2, daily(5))).toBe(undefined);
      await store.settle(id ?? '', 1);
      await store.settle(id ?? '', 0);
      await store.settle('no such reservation', 3);
      expect(await store.spent('team', 'day')).toBe(1);
      expect(typeof (await granted(store, 4, daily(5)))).toBe('string');
      await store.close();
    });

    it('counts more than was held too, and then grants nothing', async () => {
      const store = await open();
      await store.settle((await granted(store, 1, daily(2))) ?? '', 3);
      expect(await store.spent('team', 'day')).toBe(3);
      expect(await granted(store, 0.01, daily(2))).toBe(undefined);
      await store.close();
    });

    it('adds up small amounts exactly', async () => {
      const store = await open();
      for (let i = 0; i < 10; i++) await store.settle((await granted(store, 0.1, daily(1))) ?? '', 0.1);
      expect(await store.spent('team', 'day')).toBe(1);
      expect(await granted(store, 0.000001, daily(1))).toBe(undefined);
      await store.close();
    });

    it('counts a reservation in full once it has expired, settled afterwards or not', async () => {
      const store = await open();
      const id = await granted(store, 3, daily(4), 1_000);
      now += 1_001;
      await store.settle(id ?? '', 0);
      expect(await store.spent('team', 'day')).toBe(3);
      expect(await granted(store, 2, daily(4))).toBe(undefined);
      await store.close();
    });

    it('begins anew with each window, and settles in the window of the reservation', async () => {
      const store = await open();
      const id = await granted(store, 5, daily(5), 48 * HOUR);
      now += 12 * HOUR;
      expect(await store.spent('team', 'day')).toBe(0);
      expect(typeof (await granted(store, 5, daily(5)))).toBe('string');
      await store.settle(id ?? '', 2);
      expect(await store.spent('team', 'day')).toBe(5);
      await store.close();
    });

    it('keeps scopes apart', async () => {
      const store = await open();
      await store.reserve('team', 1, daily(1), HOUR);
      expect(typeof (await store.reserve('other', 1, daily(1), HOUR))).toBe('object');
      expect(await store.reserve('team', 1, daily(1), HOUR)).toBe(null);
      await store.close();
    });

    it('keeps decisions as they are, each once, in order', async () => {
      const store = await open();
      await store.append([contractRecord('one'), contractRecord('two', { cost: 1 / 3 })]);
      await store.append([contractRecord('two', { cost: 7 }), contractRecord('three')]);
      expect(await store.find('two')).toEqual(contractRecord('two', { cost: 1 / 3 }));
      expect(await store.find('four')).toBe(undefined);
      const rows = await all(store.read());
      expect(rows.map((row) => row.record.id)).toEqual(['one', 'two', 'three']);
      expect((await all(store.read(rows[0]!.cursor))).map((row) => row.record.id)).toEqual(['two', 'three']);
      expect(await all(store.read(rows[2]!.cursor))).toEqual([]);
      await store.close();
    });

    it('gives the latest decisions of one tenant, the newest first', async () => {
      const store = await open();
      expect(await store.latest('a', 5)).toEqual([]);
      await store.append([
        contractRecord('one'),
        contractRecord('two', { tenant: 'b' }),
        contractRecord('three', { cost: 1 / 3 }),
      ]);
      await store.append([contractRecord('one', { cost: 7 }), contractRecord('four')]);
      expect((await store.latest('a', 2)).map(({ id }) => id)).toEqual(['four', 'three']);
      expect(await store.latest('a', 50)).toEqual([
        contractRecord('four'),
        contractRecord('three', { cost: 1 / 3 }),
        contractRecord('one'),
      ]);
      expect((await store.latest('b', 50)).map(({ id }) => id)).toEqual(['two']);
      expect(await store.latest('c', 50)).toEqual([]);
      await store.close();
    });

    it('keeps what is said of a decision, once, and only by whom it was made for', async () => {
      const store = await open();
      await store.append([contractRecord('one')]);
      const said: Feedback = {
        ...{ id: 'f1', decision: 'one', tenant: 'a', name: 'quality' },
        ...{ value: true, score: 1, source: 'user', at: NOON },
      };
      expect(await store.feedback(said)).toBe('stored');
      expect(await store.feedback({ ...said, at: NOON + 1 })).toBe('duplicate');
      expect(await store.feedback({ ...said, id: 'f2', tenant: 'b' })).toBe('unknown');
      expect(await store.feedback({ ...said, id: 'f3', decision: 'two' })).toBe('unknown');
      expect((await all(store.read())).map((row) => row.feedback)).toEqual([[said]]);
      expect([await store.said('one'), await store.said('two')]).toEqual([[said], []]);
      await store.close();
    });

    it('puts what is said later under the same id in the place of what was said, per decision', async () => {
      const store = await open();
      await store.append([contractRecord('one'), contractRecord('two')]);
      const up: Feedback = {
        ...{ id: 'f1', decision: 'one', tenant: 'a', name: 'quality' },
        ...{ value: true, score: 1, source: 'user', at: NOON },
      };
      const { score: _, ...unscored } = up;
      const word: Feedback = { ...unscored, id: 'f2', name: 'tone', value: 'curt', comment: 'Köln 👋' };
      const down: Feedback = { ...up, value: false, score: 0, at: NOON + 5 };
      const fates = [];
      for (const said of [up, word, down, down, { ...down, decision: 'two' }]) fates.push(await store.feedback(said));
      expect(fates).toEqual(['stored', 'stored', 'replaced', 'duplicate', 'stored']);
      expect(await store.said('one')).toEqual([word, down]);
      expect((await all(store.read())).map((row) => row.feedback)).toEqual([
        [word, down],
        [{ ...down, decision: 'two' }],
      ]);
      await store.close();
    });

    it('keeps no more of a decision than it is to, and still lets each be replaced', async () => {
      const store = await open();
      await store.append([contractRecord('one'), contractRecord('two')]);
      const say = (id: string, value: number, most?: number, decision = 'one') =>
        store.feedback(
          {
            ...{ id, decision, tenant: 'a', name: 'quality', value, score: value },
            ...{ source: 'user', at: NOON },
          },
          most,
        );
      const fates = await Promise.all(Array.from({ length: 12 }, (_, i) => say(`f${i}`, 1, 5)));
      expect(fates.filter((fate) => fate === 'stored').length).toBe(5);
      expect(fates.filter((fate) => fate === 'full').length).toBe(7);
      const [first] = await store.said('one');
      expect([await say(first!.id, 1, 5), await say(first!.id, 0, 5)]).toEqual(['duplicate', 'replaced']);
      expect([await say('more', 1, 5), await say('more', 1, 5, 'two'), await say('more', 1)]).toEqual([
        ...['full', 'stored', 'stored'],
      ]);
      expect((await store.said('one')).length).toBe(6);
      await store.close();
    });

    it('tells subscribers of a topic, until they leave', async () => {
      const store = await open();
      const heard: unknown[] = [];
      const leave = store.subscribe('cooldown', (value) => heard.push(value));
      store.publish('learned', { other: true });
      store.publish('cooldown', { endpoint: 'e1' });
      for (let i = 0; i < 100 && heard.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
      leave();
      store.publish('cooldown', { endpoint: 'e2' });
      expect(heard).toEqual([{ endpoint: 'e1' }]);
      await store.close();
    });

    it('may be closed twice', async () => {
      const store = await open();
      await store.close();
      await store.close();
    });
  });
}
