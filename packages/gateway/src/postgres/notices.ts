import { messageOf, z, type Logger } from '@routeprofile/schema';
import type { StateStore, Topic } from '../contracts/store.js';
import { createTopics } from '../store/topics.js';
import type { Database } from './database.js';
import type { BudgetKey } from './lease.js';

/** Bytes of a notification that Postgres takes. */
const MOST_BYTES = 7_999;
const TOPICS = ['cooldown', 'learned'] as const satisfies readonly Topic[];

const heardSchema = z.union([
  z.object({ from: z.string(), topic: z.enum(TOPICS), value: z.unknown() }),
  z.object({
    recall: z.object({ scope: z.string(), per: z.enum(['hour', 'day', 'month']), window: z.string() }),
  }),
]);

/** What processes that share a database tell each other. */
export interface Notices {
  topics: Pick<StateStore, 'publish' | 'subscribe'>;
  /** @param payload as it was notified */
  heard(payload: string): void;
  /** Ends every subscription. */
  clear(): void;
}

/** @param recalled another process asks for money that this one does not use */
export function openNotices(
  database: Database,
  channel: string,
  recalled: (key: BudgetKey) => void,
  logger: Logger | undefined,
): Notices {
  const here = createTopics();
  const from = crypto.randomUUID();
  const encoder = new TextEncoder();
  return {
    topics: {
      publish(topic, value) {
        here.publish(topic, value);
        const payload = JSON.stringify({ from, topic, value });
        const bytes = encoder.encode(payload).length;
        if (bytes > MOST_BYTES) {
          logger?.warn(
            `Postgres: ${bytes} bytes on ${topic} are too many for a notification; other replicas do not hear it`,
          );
          return;
        }
        database
          .query('select pg_notify($1, $2)', [channel, payload])
          .catch((error: unknown) => logger?.warn(`other replicas do not hear of a ${topic}: ${messageOf(error)}`));
      },
      subscribe: (topic, on) => here.subscribe(topic, on),
    },
    heard(payload) {
      let said: unknown;
      try {
        said = JSON.parse(payload);
      } catch {
        // Anybody who may connect can notify.
      }
      const parsed = heardSchema.safeParse(said);
      if (!parsed.success) return logger?.warn(`Postgres: a notification on ${channel} cannot be read`);
      if ('recall' in parsed.data) recalled(parsed.data.recall);
      // One's own is told already.
      else if (parsed.data.from !== from) here.publish(parsed.data.topic, parsed.data.value);
    },
    clear: () => here.clear(),
  };
}
