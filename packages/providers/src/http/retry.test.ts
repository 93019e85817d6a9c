import { describe, expect, it, vi } from 'vitest';
import { backoffDelay, parseRetryAfter, sleep } from './retry.js';

describe('back-off', () => {
  const backoff = { retries: 5, firstDelay: 100, maximumDelay: 1000 };

  it('doubles, heeds the server, and has an end', () => {
    expect([0, 1, 2, 3, 4].map((n) => backoffDelay(n, undefined, backoff))).toEqual([100, 200, 400, 800, 1000]);
    expect(backoffDelay(0, 700, backoff)).toBe(700);
    expect(backoffDelay(0, 9e9, backoff)).toBe(1000);
  });

  it('reads Retry-After as seconds or a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(parseRetryAfter('2', now)).toBe(2000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:10 GMT', now)).toBe(10_000);
    expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });

  it('waits longer than a timer can', async () => {
    vi.useFakeTimers();
    try {
      const month = 30 * 86_400_000;
      let over = false;
      const waiting = sleep(month, undefined).then(() => (over = true));
      await vi.advanceTimersByTimeAsync(month - 1);
      expect(over).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await waiting;
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops waiting when asked to, before and while it waits', async () => {
    // An hour: longer than any test may take.
    const controller = new AbortController();
    const waiting = sleep(3_600_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(sleep(3_600_000, controller.signal)).rejects.toThrow('enough');
    await sleep(1, undefined);
  });
});
