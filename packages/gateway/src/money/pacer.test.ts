import { describe, expect, it } from 'vitest';
import { createPacer, type PacedBudget } from './pacer.js';

const DAY = Date.parse('2026-06-01T00:00:00Z');
const PACING = { lambdas: [0, 10, 100, 1000], costs: [0.4, 0.3, 0.2, 0.1], rate: 0.05 };
const BUDGET: PacedBudget = {
  scope: 'key team',
  dollars: 20,
  per: 'day',
  pacing: { requests: 100 },
  learned: [{ lambda: 7, pacing: PACING }],
};

/** A pacer, with a store whose money the test spends. */
function open(budget: Partial<PacedBudget> = {}, others = 0) {
  const world = { at: DAY, spent: 0, asked: 0 };
  const read = async () => {
    world.asked++;
    return world.spent;
  };
  const pacer = createPacer({ ...BUDGET, ...budget }, read, () => world.at);
  return {
    world,
    pacer,
    /** Requests evenly over a time, each of that cost; as many elsewhere as `others` says. */
    spend: async (requests: number, cost: (lambda: number) => number, milliseconds: number) => {
      for (let t = 0; t < requests; t++) {
        world.at += milliseconds / requests;
        const dollars = cost(pacer.lambda);
        world.spent += dollars * (1 + others);
        await pacer.ended(dollars);
      }
    },
  };
}
const HOURS = 3_600_000;

describe('a pacer', () => {
  it('begins where training rows say that the budget lasts', () => {
    expect(open().pacer.lambda).toBeCloseTo(100, 9);
    expect(open({ pacing: { requests: 50 } }).pacer.lambda).toBe(0);
    expect(open({ pacing: { requests: 100, lambda: 3, rate: 1 }, learned: [] }).pacer.lambda).toBe(3);
    expect(open({ pacing: { requests: 'learn' } }).pacer.lambda).toBe(7);
  });

  it('raises λ while more is spent than is due, and lowers it while less is', async () => {
    const dear = open();
    await dear.spend(10, () => 0.4, 2 * HOURS);
    expect(dear.pacer.lambda).toBeGreaterThan(130);
    const cheap = open();
    await cheap.spend(10, () => 0.1, 2 * HOURS);
    expect(cheap.pacer.lambda).toBeLessThan(95);
  });

  it('spends nearly all, never more, where costs follow λ, in each window anew', async () => {
    const { world, pacer, spend } = open({ pacing: { requests: 1_000 } });
    const cost = (lambda: number) => 0.06 / (1 + lambda / 400);
    for (const day of [0, 1]) {
      world.spent = 0;
      world.at = DAY + day * 24 * HOURS;
      const before = pacer.lambda;
      await spend(999, cost, 23.9 * HOURS);
      expect(world.spent).toBeGreaterThan(18.5);
      expect(world.spent).toBeLessThanOrEqual(20);
      if (day === 1) expect(before).toBeGreaterThan(500);
    }
  });

  it('saves on a cheap kind of request what a dear kind that comes late is due', async () => {
    const spentOn = async (aware: boolean) => {
      const { world, pacer } = open({ pacing: { requests: 400 }, dollars: 80 });
      const half = { cheap: 0, dear: 0 };
      for (let t = 0; t < 400; t++) {
        world.at += (23.9 * HOURS) / 400;
        const kind = t < 200 ? 'cheap' : 'dear';
        // On average what training rows cost at λ = 100, where the pacer begins.
        const cost = (lambda: number) => (kind === 'cheap' ? 0.1 : 0.3) * (2 / (1 + lambda / 100));
        const mean = (lambda: number) => 0.2 * (2 / (1 + lambda / 100));
        const dollars = cost(pacer.lambda);
        half[kind] += dollars;
        world.spent += dollars;
        await pacer.ended(dollars, aware ? (lambda) => cost(lambda) / mean(lambda) : undefined);
      }
      // Nothing holds money back in this test.
      expect(Math.abs(world.spent / 80 - 1)).toBeLessThan(0.02);
      return half.dear / half.cheap;
    };
    expect(await spentOn(true)).toBeGreaterThan(2);
    expect(await spentOn(false)).toBeLessThan(2);
  });

  it('begins a window at the mean λ of the last, whose end took long steps', async () => {
    const { world, pacer, spend } = open();
    await spend(99, () => 0.2, 23.9 * HOURS);
    const level = pacer.lambda;
    await spend(1, () => 0, 0.05 * HOURS);
    expect(pacer.lambda).toBeLessThan(0.8 * level);
    world.spent = 0;
    world.at = DAY + 24 * HOURS;
    await spend(1, () => 0.2, 1 * HOURS);
    expect(Math.abs(pacer.lambda / level - 1)).toBeLessThan(0.1);
  });

  it('counts what others spend of the same money, and what they are', async () => {
    const { pacer, spend } = open({}, 1);
    await spend(25, () => 0.2, 12 * HOURS);
    // Half of the money is gone, and of the requests: another 25 came elsewhere.
    expect(pacer.lambda).toBeCloseTo(100, 6);
    await spend(1, () => 0.4, HOURS);
    expect(pacer.lambda).toBeGreaterThan(104);
  });

  it('does not take for spent what is held back here', async () => {
    const { world, pacer } = open();
    pacer.held(15);
    world.spent = 15 + 0.2;
    world.at += HOURS;
    await pacer.ended(0.2);
    expect(pacer.look().left).toBeCloseTo(19.8, 9);
    pacer.held(-15);
  });

  it('asks the store once a second at most', async () => {
    const { world, pacer, spend } = open();
    await spend(100, () => 0.01, 2_500);
    expect(world.asked).toBe(3);
    expect(pacer.look().left).toBeCloseTo(19, 6);
  });

  it('asks it again after the clock was set back', async () => {
    const { world, pacer } = open();
    world.at += 3 * HOURS;
    await pacer.ended(0.2);
    world.at -= 2 * HOURS;
    world.spent = 12;
    await pacer.ended(0.2);
    expect(pacer.look().left).toBeCloseTo(8, 9);
  });

  it('asks it once for all that end at the same time', async () => {
    const { world, pacer } = open();
    world.spent = 0.2;
    await Promise.all([0.2, 0.3, 0.5].map((cost) => pacer.ended(cost)));
    expect(world.asked).toBe(1);
    expect(pacer.look().left).toBeCloseTo(19, 9);
  });

  it('learns how many requests to expect from the windows before', async () => {
    const { world, pacer, spend } = open({ pacing: { requests: 'learn' } });
    await spend(19, () => 0.4, 4 * HOURS);
    // Nobody can tell yet what is due.
    expect(pacer.lambda).toBe(7);
    await spend(81, () => 0.2, 19.9 * HOURS);
    world.spent = 0;
    world.at = DAY + 24 * HOURS;
    // The window begins at the mean λ of the one before.
    await spend(1, () => 0.2, HOURS);
    const before = pacer.lambda;
    // 20 dollars for about 100 requests: 20 cents are due.
    await spend(1, () => 0.2, HOURS);
    expect(pacer.lambda).toBeCloseTo(before, 0);
    await spend(5, () => 0.4, HOURS);
    expect(pacer.lambda).toBeGreaterThan(before);
  });

  it('keeps λ when its settings change, and where nothing is left', async () => {
    const { world, pacer, spend } = open();
    await spend(5, () => 0.4, HOURS);
    const before = pacer.lambda;
    pacer.configure({ ...BUDGET, dollars: 40 });
    expect(pacer.lambda).toBe(before);
    world.spent = 50;
    world.at += 2_000;
    await pacer.ended(0.4);
    expect(pacer.lambda).toBe(before);
    expect(pacer.look().left).toBe(0);
  });
});
