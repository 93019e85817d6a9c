import { beforeEach, describe, expect, it } from 'vitest';
import { createHealth, type Health } from './health.js';

let now = 0;
let health: Health;
beforeEach(() => {
  now = 1_000_000;
  health = createHealth({ now: () => now });
});
const fail = (times: number) => {
  for (let i = 0; i < times; i++) health.failed('a', 'server');
};

describe('the health of endpoints', () => {
  it('can be looked at', () => {
    expect(health.look('a')).toEqual({ state: 'up', faults: 0 });
    health.failed('a', 'client-gone');
    fail(2);
    expect(health.look('a')).toEqual({ state: 'up', faults: 2, fault: 'server' });
    health.failed('a', 'overloaded');
    now += 1_000;
    expect(health.look('a')).toEqual({ state: 'cooling', waitMs: 4_000, faults: 3, fault: 'overloaded' });
    now += 4_000;
    expect(health.look('a').state).toBe('trial');
    health.succeeded('a');
    expect(health.look('a')).toEqual({ state: 'up', faults: 0 });
    health.failed('b', 'auth');
    expect(health.look('b')).toEqual({ state: 'out', faults: 1, fault: 'auth' });
  });

  it('lets one cool down after three faults in a row, and no other', () => {
    fail(2);
    expect(health.usable('a')).toBe(true);
    fail(1);
    expect([health.usable('a'), health.enter('a'), health.usable('b')]).toEqual([false, false, true]);
    expect(health.waitMs('a')).toBe(5_000);
  });

  it('lets nobody rest for longer where the clock is set back', () => {
    fail(3);
    health.failed('b', 'auth');
    now -= 3_600_000;
    expect([health.usable('a'), health.waitMs('a'), health.look('a').state]).toEqual([true, 0, 'trial']);
    expect([health.usable('b'), health.waitMs('b')]).toEqual([false, Infinity]);
    expect(health.enter('a')).toBe(true);
    health.failed('a', 'server');
    expect(health.waitMs('a')).toBe(10_000);
    health.coolElsewhere('a', 'server', 30_000);
    expect(health.waitMs('a')).toBe(30_000);
  });

  it('forgets faults with the first success', () => {
    fail(2);
    health.succeeded('a');
    fail(2);
    expect(health.usable('a')).toBe(true);
  });

  it('has one request try it out, doubles the wait if that fails, up to a minute', () => {
    fail(3);
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      waits.push(health.waitMs('a'));
      now += health.waitMs('a');
      expect([health.enter('a'), health.enter('a'), health.usable('a')]).toEqual([true, false, false]);
      health.failed('a', 'first-byte');
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    now += 60_000;
    expect(health.enter('a')).toBe(true);
    health.succeeded('a');
    expect([health.enter('a'), health.enter('a')]).toEqual([true, true]);
  });

  it('gives the turn back where nothing was learned', () => {
    fail(3);
    now += 5_000;
    expect(health.enter('a')).toBe(true);
    health.released('a');
    expect(health.enter('a')).toBe(true);
    health.failed('a', 'bad-request');
    expect(health.enter('a')).toBe(true);
  });

  it('does as a limit asks, at once and for at most a minute', () => {
    health.failed('a', 'rate-limited', 20_000);
    expect(health.waitMs('a')).toBe(20_000);
    health.failed('b', 'rate-limited', 86_400_000);
    expect(health.waitMs('b')).toBe(60_000);
    health.failed('c', 'rate-limited', 0);
    expect(health.waitMs('c')).toBe(1_000);
    health.failed('d', 'rate-limited');
    expect(health.waitMs('d')).toBe(5_000);
  });

  it('leaves one with a refused key out for good, whatever else it answers', () => {
    health.failed('a', 'auth');
    now += 1e9;
    health.succeeded('a');
    expect([health.usable('a'), health.waitMs('a')]).toEqual([false, Infinity]);
  });

  it('does not leave one out that has answered, as what a single request asks for may be refused or not found', () => {
    health.succeeded('a');
    health.failed('a', 'not-found');
    health.failed('a', 'auth');
    expect([health.usable('a'), health.look('a').state]).toEqual([true, 'up']);
    health.failed('a', 'not-found');
    expect(health.waitMs('a')).toBe(5_000);
    health.reloaded();
    health.failed('b', 'not-found');
    health.failed('a', 'not-found');
    expect([health.waitMs('a'), health.waitMs('b')]).toEqual([Infinity, Infinity]);
  });

  it('never minds the request’s own faults, or clients that leave', () => {
    for (const fault of ['bad-request', 'context-window', 'content-policy', 'client-gone'] as const)
      for (let i = 0; i < 5; i++) health.failed('a', fault);
    expect(health.usable('a')).toBe(true);
  });

  it('makes a cooldown no longer by requests that were under way', () => {
    fail(10);
    expect(health.waitMs('a')).toBe(5_000);
  });
});
