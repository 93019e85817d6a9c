import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.js';
import { createUnderWay } from './under-way.js';

describe('createUnderWay', () => {
  it('waits for what is under way, with what an earlier wait is for, and for nothing later', async () => {
    const failures: unknown[] = [];
    const underWay = createUnderWay((error) => failures.push(error));
    const ends: (() => void)[] = [];
    const begin = () => underWay.track(new Promise<void>((resolve) => ends.push(resolve)));
    const waits: number[] = [];
    const wait = (n: number) => void underWay.settled().then(() => waits.push(n));
    begin();
    begin();
    wait(1);
    begin();
    wait(2);
    begin();
    expect(underWay.size).toBe(4);
    ends[2]!();
    await settle();
    expect([waits, underWay.size]).toEqual([[], 3]);
    ends[0]!();
    ends[1]!();
    await settle();
    expect([waits, underWay.size]).toEqual([[1, 2], 1]);
    underWay.track(Promise.reject(new Error('broken')));
    ends[3]!();
    await underWay.settled();
    expect([failures, underWay.size]).toEqual([[new Error('broken')], 0]);
  });
});
