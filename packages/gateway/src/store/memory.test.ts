import { describe, expect, it } from 'vitest';
import { describeStateStore } from '../testing/state-store-contract.js';
import { memoryStore } from './memory.js';
import { shareLeft, windowEnds, windowOf } from './window.js';

describeStateStore({ describe, it, expect }, 'memoryStore', { create: (now) => memoryStore({ now }) });

describe('memoryStore', () => {
  it('refuses amounts that are none', async () => {
    const store = memoryStore();
    for (const amount of [-1, NaN, Infinity])
      await expect(store.reserve('a', amount, { amount: 1, per: 'day' }, 1)).rejects.toMatchObject({
        code: 'BAD_INPUT',
      });
  });

  it('forgets the oldest decisions', async () => {
    const store = memoryStore({ maxRecords: 2 });
    const base = { version: 1, at: 0, tenant: 'a', wire: 'chat', route: null, router: null, requirements: {} } as const;
    const more = { ranked: [], model: 'm', propensity: 1, reasons: [], attempts: [], served: null, status: 502 };
    await store.append(['1', '2', '3'].map((id) => ({ ...base, ...more, id })));
    expect([await store.find('1'), (await store.find('3'))?.id]).toEqual([undefined, '3']);
  });
});

describe('windows', () => {
  const at = Date.parse('2026-12-31T23:30:00Z');
  it.each([
    ['hour', '2026-12-31T23', 1_800_000],
    ['day', '2026-12-31', 1_800_000],
    ['month', '2026-12', 1_800_000],
  ] as const)('of an %s', (per, name, ends) => {
    expect([windowOf(per, at), windowEnds(per, at)]).toEqual([name, ends]);
  });

  it('say how much of them is left', () => {
    expect(shareLeft('hour', at)).toBe(0.5);
    expect(shareLeft('day', at)).toBeCloseTo(1 / 48, 12);
    expect(shareLeft('month', at)).toBeCloseTo(1 / 48 / 31, 12);
    expect(shareLeft('month', Date.parse('2026-12-01T00:00:00Z'))).toBe(1);
  });
});
