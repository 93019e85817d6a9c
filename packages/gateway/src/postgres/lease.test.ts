import { expect, it } from 'vitest';
import { expire, freeOf, hold, newLease, release, type Lease } from './lease.js';

const leased = (more: Partial<Lease>): Lease => ({
  ...newLease({ scope: 'team', per: 'day', window: '2026-01-01' }, 100),
  sure: true,
  until: performance.now() + 10_000,
  armed: 10,
  ...more,
});

it('is used up to what was announced, no longer than the database keeps it, and only while it is known to be kept', () => {
  const lease = leased({});
  hold(lease, 'a', 4, 1);
  expect(freeOf(lease)).toBe(6);
  release(lease, 'a', 1);
  expect(freeOf(lease)).toBe(9);
  expect(freeOf({ ...lease, until: performance.now() - 1 })).toBe(0);
  expect(freeOf({ ...lease, sure: false })).toBe(0);
  // More than was held is spent too.
  hold(lease, 'b', 2, 1);
  release(lease, 'b', 20);
  expect(freeOf(lease)).toBe(0);
});

it('counts what has expired in full, and what is settled twice once', () => {
  const lease = leased({});
  hold(lease, 'a', 4, 1_000);
  hold(lease, 'b', 2, 2_000);
  expect([expire(lease, 999), expire(lease, 1_000), lease.held, lease.settled]).toEqual([[], ['a'], 2, 4]);
  expect([release(lease, 'a', 0), release(lease, 'b', 1), release(lease, 'b', 1), lease.settled]).toEqual([
    false,
    true,
    false,
    5,
  ]);
});
