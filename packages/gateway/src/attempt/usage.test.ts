import { describe, expect, it } from 'vitest';
import { usageOf } from './usage.js';

const reported = { uncachedInput: 5, cacheRead: 3, cacheWrite: 0, output: 2 };
const state = (writtenBytes: number, usage?: typeof reported) => ({
  writtenBytes,
  content: true,
  ...(usage && { usage }),
});
const estimated = (uncachedInput: number, output: number) => ({
  uncachedInput,
  cacheRead: 0,
  cacheWrite: 0,
  output,
  estimated: true,
});

describe('what an attempt took', () => {
  it('is the server’s count of a whole answer, and ours where it does not count', () => {
    expect(usageOf(state(400, reported), undefined, 40, true)).toBe(reported);
    expect(usageOf(state(401), undefined, 40, true)).toEqual(estimated(40, 101));
  });

  it('follows the table of faults before content', () => {
    expect(usageOf(state(400), 'cut', 40, false)).toEqual(estimated(40, 100));
    expect(usageOf(undefined, 'first-byte', 40, false)).toEqual(estimated(40, 0));
    expect(usageOf(undefined, 'rate-limited', 40, false)).toBeUndefined();
    expect(usageOf(undefined, 'client-gone', 40, false)).toEqual(estimated(40, 0));
  });

  it('is at least what was delivered, whatever ended it', () => {
    expect(usageOf(state(400), 'overloaded', 40, true)).toEqual(estimated(40, 100));
    expect(usageOf(state(400, reported), 'idle', 40, true)).toEqual({ ...reported, output: 100, estimated: true });
    expect(usageOf(state(4, reported), 'idle', 40, true)).toBe(reported);
  });
});
