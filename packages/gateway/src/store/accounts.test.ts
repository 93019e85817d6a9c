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
  expect(accounts.size).toBeLessThan(3_000);
  day--;
  expect(accounts.spent('session 19 0', 'day')).toBe(0.4);
});
