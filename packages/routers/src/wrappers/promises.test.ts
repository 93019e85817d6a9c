import { parseOptions, parseStrategyReference, type RouterInput, type RouterStrategy } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { outOfFoldDecisions, sharedFolds } from '../common/out-of-fold.js';
import { knnRouter } from '../knn/knn.js';
import { builtInWrappers } from './built-in.js';
import { promisesOf } from './promises.js';
import { wrapStrategy } from './wrap-strategy.js';

const ctx = { seed: 11 };
const { input } = syntheticRouterInput({ models: 6 });

function named(reference: string): { strategy: RouterStrategy; options: Record<string, unknown> } {
  const { wrappers = [] } = parseStrategyReference(reference);
  const parts = wrappers.map(({ name, options }) => ({
    wrapper: builtInWrappers.find((wrapper) => wrapper.name === name)!,
    options,
  }));
  const knn: RouterStrategy = knnRouter;
  const strategy: RouterStrategy = parts.length === 0 ? knn : wrapStrategy(knn, parts);
  return { strategy, options: parseOptions(strategy, {}) };
}

async function promised(reference: string, rows: RouterInput = input) {
  const { strategy, options } = named(reference);
  return promisesOf((await (await strategy.fit(rows, options, ctx)).save()).manifest);
}

/** The same training rows, all calls free. */
function free({ training, ...rest }: RouterInput): RouterInput {
  const { outcomes } = training;
  if (!outcomes) throw new Error('the synthetic input has outcomes');
  return { ...rest, training: { ...training, outcomes: { ...outcomes, cost: outcomes.cost.map(() => 0) } } };
}

describe('promises of a saved router', () => {
  it('are what its wrappers were told to keep, with what training rows gave', async () => {
    const [within] = await promised('knn+cost:within=0.05');
    expect(within).toMatchObject({ wrapper: 'cost', kind: 'within', limit: 0.05 });
    expect(within!.trained!.quality).toBeGreaterThan(0);
    expect(within!.trained!.costShare).toBeGreaterThan(0);
    expect(await promised('knn+cost:budget=1')).toEqual([{ wrapper: 'cost', kind: 'budget', limit: 1 }]);
    const [share] = await promised('knn+threshold:costShare=0.6');
    expect(share).toMatchObject({ kind: 'cost-share', limit: 0.6 });
    expect(input.models).toContain(share!.against);
    const parity = await promised('knn+parity:alpha=0.5:delta=0.5');
    for (const { kind, limit } of parity) expect([kind, limit >= 0.5 && limit <= 1]).toEqual(['parity', true]);
  });

  it('are none where nothing was promised', async () => {
    for (const reference of ['knn', 'knn+cost:lambda=2', 'knn+calibrate+estimate', 'knn+threshold:threshold=0.4'])
      expect(await promised(reference)).toEqual([]);
  });

  it('have no cost share where the best single model is free, and are saved all the same', async () => {
    const [within] = await promised('knn+cost:within=0.05', free(input));
    expect(within?.trained).toMatchObject({ costShare: null });
    const { strategy, options } = named('knn+cost:within=0.05');
    const artifact = await (await strategy.fit(free(input), options, ctx)).save();
    await expect(strategy.load(structuredClone(artifact), ctx)).resolves.toBeDefined();
  });
});

describe('out-of-fold decisions', () => {
  it('are on every training query once, each by a fit without its fold', async () => {
    const { strategy, options } = named('knn');
    const foldOf = sharedFolds(input, ctx, 3);
    const sizes: number[] = [];
    const watched: RouterStrategy = {
      ...strategy,
      fit: (rows, given, inner) => {
        sizes.push(rows.training.tasks.length);
        return strategy.fit(rows, given, inner);
      },
    };
    const seen = new Map<number, string>();
    await outOfFoldDecisions(watched, options, input, foldOf, ctx, (q, { model }) => seen.set(q, model));
    expect(seen.size).toBe(foldOf.length);
    expect(sizes).toEqual([0, 1, 2].map((fold) => foldOf.filter((f) => f !== fold).length));
  });

  it('takes decisions of routers that do not score', async () => {
    const { strategy, options } = named('knn+cost:lambda=2');
    let count = 0;
    await outOfFoldDecisions(strategy, options, input, sharedFolds(input, ctx, 3), ctx, () => count++);
    expect(count).toBe(input.training.tasks.length);
  });
});
