import { parseOptions, rowOf, takeRows, type RouterStrategy } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { defineAuto } from '../auto/auto.js';
import { clusterRouter } from '../cluster/cluster.js';
import { knnRouter } from '../knn/knn.js';
import { simRouter } from '../sim/sim.js';
import { constraintsWrapper } from '../wrappers/constraints.js';
import { fallbackWrapper } from '../wrappers/fallback.js';
import { wrapStrategy } from '../wrappers/wrap-strategy.js';
import { savedQueryDistance } from './query-distance.js';

const { input } = syntheticRouterInput({ models: 4, queries: 80 });
const vectors = input.training.queries.vectors!;
const distanceOf = async <O>(strategy: RouterStrategy<O>) =>
  savedQueryDistance(await (await strategy.fit(input, parseOptions(strategy, {}), { seed: 1 })).save());

describe('the distance of queries from those of the training', () => {
  it.each([
    ['knn', knnRouter],
    ['cluster', clusterRouter],
    ['knn, wrapped', wrapStrategy(knnRouter, [{ wrapper: constraintsWrapper }, { wrapper: fallbackWrapper }])],
  ] as [string, RouterStrategy][])('is small for those, and large for others: %s', async (_, strategy) => {
    const distance = (await distanceOf(strategy))!;
    const own = distance(vectors);
    const mean = own.reduce((a, b) => a + b) / own.length;
    const opposite = distance({ ...vectors, data: vectors.data.map((x) => -x) });
    const far = opposite.reduce((a, b) => a + b) / own.length;
    expect(own.every((x) => x >= -1e-6 && x <= 2)).toBe(true);
    expect(far).toBeGreaterThan(mean + 0.1);
    // Of a batch or alone: the same.
    expect(distance(takeRows(vectors, [3]))[0]).toBe(own[3]);
    expect(rowOf(vectors, 3)).toHaveLength(vectors.cols);
  });

  it('is that of the router that `auto` chose, and there is none where no queries are kept', async () => {
    const auto = defineAuto([knnRouter]);
    const artifact = await (await auto.fit(input, parseOptions(auto, {}), { seed: 1 })).save();
    const chosen = artifact.manifest.state['chosen'];
    expect(savedQueryDistance(artifact) !== undefined).toBe(chosen !== 'best-single');
    expect(await distanceOf(simRouter)).toBeUndefined();
  });
});
