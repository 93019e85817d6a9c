import { setTimeout as wait } from 'node:timers/promises';
import { createRandom, messageOf, type Logger } from '@routeprofile/schema';

/** Queries that are sent so that something is seen. */
export interface Traffic {
  /** @returns once nothing of it is under way */
  stop(): Promise<void>;
}

/** What is sent, where, and how often. */
export interface TrafficParts {
  /** Of the gateway. */
  url: string;
  questions: readonly string[];
  /** Fewer where answers take longer; 0 for none. */
  perMinute: number;
  /** Of the order of the questions. */
  seed: number;
  logger: Logger;
}

/** Asks one question after the other through the gateway, as a client does, until it is stopped. */
export function startTraffic({ url, questions, perMinute, seed, logger }: TrafficParts): Traffic {
  const stop = new AbortController();
  const { signal } = stop;
  const order = createRandom(seed, 'demo', 'traffic').shuffle(questions);
  const ask = async (question: string, number: number) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      // Each a conversation of its own, so that none is answered as part of another, and the record tells it from people's queries.
      headers: { 'content-type': 'application/json', 'x-session-id': `sample-${number}` },
      body: JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: question }] }),
      signal,
    });
    // Whatever came of it stands in the gateway's record.
    await response.text();
  };
  const run = async () => {
    for (let i = 0; perMinute > 0; i++) {
      await Promise.all([ask(order[i % order.length]!, i + 1), wait(60_000 / perMinute, undefined, { signal })]);
    }
  };
  const running = run().catch((error: unknown) => {
    if (!signal.aborted) logger.warn(`the sample traffic has ended: ${messageOf(error)}`);
  });
  return {
    stop() {
      stop.abort();
      return running;
    },
  };
}
