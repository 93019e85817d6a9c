/** How often, and how soon, a failed request is sent again. Delays double from one retry to the next. */
export interface Backoff {
  /** Attempts after the first. */
  retries: number;
  /** Wait before the first retry, in milliseconds; each further one waits twice as long. */
  firstDelay: number;
  /** No wait is longer, whatever a server asks for. */
  maximumDelay: number;
}

/**
 * Milliseconds before retry number `retry` (from 0): `firstDelay · 2^retry`, or what the server asked for if that is
 * longer, at most `maximumDelay`. No jitter: a client sends few requests at a time, and the same run twice behaves alike.
 */
export function backoffDelay(retry: number, asked: number | undefined, { firstDelay, maximumDelay }: Backoff): number {
  return Math.min(maximumDelay, Math.max(firstDelay * 2 ** retry, asked ?? 0));
}

/**
 * `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, section 10.2.3); undefined when absent or unreadable.
 * @param now the time a date is measured against, in milliseconds since 1970
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The longest that a timer can wait: a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Waits, however long, or rejects with the signal's reason as soon as it fires. */
export async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let rest = milliseconds;
  for (; rest > LONGEST_TIMER; rest -= LONGEST_TIMER) await wait(LONGEST_TIMER, signal);
  await wait(rest, signal);
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
