import type { Logger } from '@routeprofile/schema';
import type { Client } from 'pg';
import type { Driver } from './driver.js';

/** Milliseconds before the first new connection; each further one waits twice as long. */
const FIRST_MS = 100;
const LONGEST_MS = 10_000;
/** Milliseconds between looks at whether the connection still lives: nothing else is ever sent over it. */
const LOOK_MS = 30_000;

/** Hears what other processes say. What is said while the connection is away is lost. */
export interface Listener {
  close(): Promise<void>;
}

/** @param channel as Postgres names it @throws RouteProfileError NETWORK when it cannot listen at first */
export async function openListener(
  driver: Driver,
  channel: string,
  heard: (payload: string) => void,
  logger: Logger | undefined,
): Promise<Listener> {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let failures = 0;

  const connect = async () => {
    const next = driver.client();
    let lost = false;
    const lose = () => {
      if (lost) return;
      lost = true;
      if (client !== next) return;
      client = undefined;
      again();
    };
    next.on('error', lose);
    next.on('end', lose);
    next.on('notification', ({ payload }) => heard(payload ?? ''));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    if (closed || lost) {
      await next.end().catch(() => {});
      if (lost && !closed) throw new Error('the connection was lost at once');
      return;
    }
    client = next;
    failures = 0;
  };
  const again = () => {
    if (closed) return;
    if (failures === 0) logger?.warn('Postgres: what other replicas say is not heard until the connection is back');
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures++, 10));
    timer = setTimeout(() => {
      connect().then(
        () => client && logger?.info('Postgres: other replicas are heard again'),
        () => again(),
      );
    }, wait);
    timer.unref();
  };
  const look = setInterval(() => {
    const looked = client;
    // A connection that takes no statement is dead, whatever the system says of it.
    looked?.query('select 1').catch(() => void looked.end().catch(() => {}));
  }, LOOK_MS);
  look.unref();

  try {
    await connect();
  } catch (error) {
    clearInterval(look);
    throw driver.faultOf(error);
  }
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(look);
      await client?.end().catch(() => {});
    },
  };
}
