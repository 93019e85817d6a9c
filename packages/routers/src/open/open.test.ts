import { parseOptions, type RouterArtifact } from '@routeprofile/schema';
import { syntheticRouterInput, toyEncoder } from '@routeprofile/schema/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtInRouters } from '../built-in.js';
import { knnRouter } from '../knn/knn.js';
import { builtInWrappers } from '../wrappers/built-in.js';
import { wrapStrategy } from '../wrappers/wrap-strategy.js';
import { openRouterFrom } from './open-router-from.js';
import { packRouter, unpackRouter } from './packed-router.js';

const ctx = { seed: 3 };
const cost = builtInWrappers.find(({ name }) => name === 'cost')!;

describe('a saved router opened without files', () => {
  const { input } = syntheticRouterInput({ models: 4, queries: 60 });
  const width = input.training.queries.vectors!.cols;
  const encoder = { ...toyEncoder(width), id: input.training.queries.encoder! };
  let artifact: RouterArtifact;
  let expected: unknown;

  beforeAll(async () => {
    const strategy = wrapStrategy(knnRouter, [{ wrapper: cost }]);
    const router = await strategy.fit(input, parseOptions(strategy, {}), ctx);
    artifact = await router.save();
    const vectors = await encoder.encode(['why?']);
    expected = await router.decide({ texts: ['why?'], vectors, encoder: encoder.id });
  });

  it('decides as the fitted router does, wrappers included, after a way through JSON', async () => {
    const shipped = unpackRouter(JSON.parse(JSON.stringify(packRouter(artifact))));
    const parts = { encoder, routers: builtInRouters, wrappers: builtInWrappers };
    const router = await openRouterFrom(shipped, parts);
    expect(router).toMatchObject({ models: input.models, strategy: 'knn+cost', encoder: encoder.id });
    expect(await router.route(['why?'])).toEqual(expected);
    expect(await router.route([[{ role: 'user', content: 'why?' }]])).toEqual(expected);
  });

  it('reads queries without the beginnings that its training queries shared', async () => {
    const manifest = { ...artifact.manifest, sharedPrefixes: ['Answer. '] };
    const router = await openRouterFrom(
      { ...artifact, manifest },
      { encoder, strategy: wrapStrategy(knnRouter, [{ wrapper: cost }]) },
    );
    expect(await router.route(['Answer. why?'])).toEqual(expected);
  });

  it('is refused without what it needs', async () => {
    const wrappers = [cost];
    await expect(openRouterFrom(artifact, { routers: [knnRouter], encoder })).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
    });
    await expect(openRouterFrom(artifact, { routers: [knnRouter], wrappers })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('none is given') as string,
    });
    const other = { ...encoder, id: 'other' };
    await expect(openRouterFrom(artifact, { routers: [knnRouter], wrappers, encoder: other })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('the one given is other') as string,
    });
  });

  it('reads a chat as one query of the list, and says so where the messages stand alone', async () => {
    const router = await openRouterFrom(artifact, { routers: [knnRouter], wrappers: [cost], encoder });
    const messages = [{ role: 'user' as const, content: 'Answer. why?' }];
    expect(await router.route([messages])).toEqual(await router.route(['Answer. why?']));
    await expect(router.route(messages as never)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      hint: expect.stringContaining('route([messages])') as string,
    });
  });

  it('that was damaged on its way is refused', () => {
    const packed = packRouter(artifact);
    const [name] = Object.keys(packed.weights);
    const cut = { ...packed, weights: { ...packed.weights, [name!]: { shape: [1000], data: 'AAAA' } } };
    for (const value of [cut, { ...packed, format: 'x' }, {}, null])
      expect(() => unpackRouter(value)).toThrow(expect.objectContaining({ code: 'CORRUPT_FILE' }) as Error);
  });
});
