import { expect, it } from 'vitest';
import { createAccounts } from './accounts.js';

it('accounts of windows that are over are forgotten, those of the present one are not', () => {
  let day = 0;
  const accounts = createAccounts(() => day * 86_400_000);
  const limit = { amount: 1, per: 'day' as const };
  for (; day < 20; day++)
    for (let i = 0; i < 500; i++) {
      const held = accounts.reserve(`${day} ${i}`, `session ${day} ${i}`, 0.5, limit, 1_000);
      accounts.settle(held!.id, 0.4);
    }
  expect(accounts.size).toBeLessThan(4_000);
  day--;
  expect(accounts.spent('session 19 0', 'day')).toBe(0.4);
});

it('what was spent is not forgotten where the clock is set back, or was behind when it was read', () => {
  let now = Date.parse('2026-03-31T23:59:00Z');
  const accounts = createAccounts(() => now);
  const limit = { amount: 1, per: 'day' as const };
  const spend = (id: string) => accounts.settle(accounts.reserve(id, 'key a', 0.75, limit, 1_000)?.id ?? '', 0.75);
  expect(spend('one')).toBe(0.75e9);
  now += 120_000;
  expect(spend('two')).toBe(0.75e9);
  now -= 120_000;
  expect([accounts.spent('key a', 'day'), accounts.reserve('three', 'key a', 0.75, limit, 1_000)]).toEqual([
    0.75,
    undefined,
  ]);
  accounts.restore({ scope: 'key b', per: 'day', window: '2026-04-02', units: 5e8 });
  now += 2 * 86_400_000;
  expect(accounts.spent('key b', 'day')).toBe(0.5);
});
