import type { StateStore } from '../contracts/store.js';
import { createAccounts } from './accounts.js';
import { createDecisions } from './decisions.js';
import { createTopics } from './topics.js';

/** How a store in memory is made; all optional. */
export interface MemoryStoreOptions {
  /** Milliseconds since 1970. Default: the platform's clock. */
  now?: () => number;
  /** Decisions that are kept; the oldest are forgotten first. Default 10,000. */
  maxRecords?: number;
}

/** Everything is forgotten when the process ends, and no other process sees it. */
export function memoryStore({ now = Date.now, maxRecords = 10_000 }: MemoryStoreOptions = {}): StateStore {
  const accounts = createAccounts(now);
  const decisions = createDecisions(maxRecords);
  const topics = createTopics();
  let reservations = 0;
  return {
    async reserve(scope, amount, limit, ttlMs) {
      const held = accounts.reserve(`r${++reservations}`, scope, amount, limit, ttlMs);
      return held ? { id: held.id } : null;
    },
    async settle(reservation, actual) {
      accounts.settle(reservation, actual);
    },
    spent: async (scope, per) => accounts.spent(scope, per),
    async append(added) {
      for (const record of added) decisions.add(record);
    },
    find: async (id) => decisions.find(id),
    latest: async (tenant, count) => decisions.latest(tenant, count),
    async feedback(said, most) {
      const fate = decisions.fateOf(said, most);
      return fate === 'full' ? fate : decisions.note(said);
    },
    said: async (decision) => decisions.said(decision),
    async *read(from) {
      yield* decisions.read(from);
    },
    check: async () => {},
    publish: topics.publish,
    subscribe: topics.subscribe,
    close: async () => topics.clear(),
  };
}
