/** When requests to an endpoint may be sent. */
export interface Pace {
  /** Books a request with its tokens. @returns milliseconds until it may be sent */
  book(tokens: number): number;
  /** Nothing is sent for that long, as the endpoint asked. */
  pause(milliseconds: number): void;
  /** Milliseconds until the pause is over; 0 when there is none. */
  paused(): number;
}

/** How often an endpoint may be asked. */
export interface Rates {
  requestsPerMinute?: number | undefined;
  tokensPerMinute?: number | undefined;
}

const MINUTE = 60_000;
/** Milliseconds whose requests may follow at once after a delay, so that a late timer or a pause loses no throughput; at least 3 requests. */
const CATCH_UP = 1000;

/**
 * Spaces requests evenly (the generic cell rate algorithm): a minute then holds no more than its share and what a second may. Tokens
 * are booked alike, as many as a call takes at most.
 * @param now milliseconds on any clock that does not run backwards
 */
export function createPace({ requestsPerMinute, tokensPerMinute }: Rates, now: () => number): Pace {
  const perRequest = requestsPerMinute === undefined ? 0 : MINUTE / requestsPerMinute;
  const perToken = tokensPerMinute === undefined ? 0 : MINUTE / tokensPerMinute;
  let [nextRequest, nextToken, pausedUntil] = [-Infinity, -Infinity, -Infinity];
  return {
    book(tokens) {
      const time = now();
      const request = Math.max(nextRequest, time - Math.max(CATCH_UP, 3 * perRequest));
      const token = Math.max(nextToken, time);
      nextRequest = request + perRequest;
      nextToken = token + tokens * perToken;
      return Math.max(0, request - time, token - time, pausedUntil - time);
    },
    pause(milliseconds) {
      pausedUntil = Math.max(pausedUntil, now() + milliseconds);
    },
    paused: () => Math.max(0, pausedUntil - now()),
  };
}
