import { expect, it } from 'vitest';
import { openBudgets } from './budgets.js';
import type { Database } from './database.js';

it('grants what the database has granted, though another replica asks for money back at that moment', async () => {
  const database: Database = {
    async query<Row>(_sql: string, values: readonly unknown[] = []) {
      const armed = (values[7] as number) + (values[8] as number[]).reduce((sum, one) => sum + one, 0);
      return [{ state: armed > 0 ? 'held' : 'closed', armed: String(armed), elsewhere: '0' }] as Row[];
    },
    check: async () => {},
    close: async () => {},
  };
  const now = () => Date.parse('2026-01-01T12:00:00Z');
  const settings = { schema: 's', leaseShare: 0, leaseMs: 10_000, onDown: 'refuse' as const };
  const budgets = openBudgets({ database, ...settings, now, logger: undefined });
  const reserve = () => budgets.money.reserve('team', 1, { amount: 9, per: 'day' }, 1_000);
  const recall = () => budgets.recalled({ scope: 'team', per: 'day', window: '2026-01-01' });
  for (let i = 0; i < 5; i++) {
    const held = reserve();
    recall();
    expect(typeof (await held)).toBe('object');
    expect(await held).not.toBe(null);
  }
  await budgets.close();
});
