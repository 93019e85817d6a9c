import {
  createMatrix,
  createRandom,
  RouteProfileError,
  whatLacks,
  type ProfileIndexStrategy,
} from '@routeprofile/schema';
import fc from 'fast-check';
import { describeProfileIndexContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { approximateProfileIndex } from './approximate.js';
import { exactProfileIndex } from './exact.js';
import { offerKinds } from './offers.js';

const runner = { describe, it, expect };
describeProfileIndexContract(runner, exactProfileIndex);
describeProfileIndexContract(runner, exactProfileIndex, { options: { metric: 'dot' }, metric: 'dot', tolerance: 1e-4 });
describeProfileIndexContract(runner, approximateProfileIndex, { tolerance: 1e-4 });
describeProfileIndexContract(runner, approximateProfileIndex, {
  options: { metric: 'dot' },
  metric: 'dot',
  tolerance: 1e-3,
});
describeProfileIndexContract(runner, approximateProfileIndex, {
  options: { scanned: 60, lists: 12 },
  tolerance: 1e-4,
  recall: 0.9,
});

const WIDTH = 5;
const small = <O>(strategy: ProfileIndexStrategy<O>) => {
  const random = createRandom(1, 'small');
  const models = Array.from({ length: 20 }, (_, i) => `m${i}`);
  const vectors = createMatrix(
    20,
    WIDTH,
    Float32Array.from({ length: 20 * WIDTH }, () => random.normal()),
  );
  const source = { models: 20, dimensions: WIDTH, encoder: null, rows: () => [{ models, vectors }] };
  return strategy.build(source, strategy.options.parse({}), { seed: 1 });
};

describe('a damaged index', () => {
  it.each([exactProfileIndex, approximateProfileIndex] as ProfileIndexStrategy<unknown>[])(
    'is refused as such, or answers with finite similarities of models that it names: $name',
    async (strategy) => {
      const { manifest, arrays } = await (await small(strategy)).save();
      const names = Object.keys(arrays);
      const query = createMatrix(1, WIDTH, Float32Array.of(1, 2, -1, 0, 3));
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...names), fc.nat(10_000), fc.double(), async (name, at, value) => {
          const damaged = arrays[name]!.slice();
          damaged[at % damaged.length] = value;
          try {
            const index = await strategy.load({ manifest, arrays: { ...arrays, [name]: damaged } });
            const [found] = await index.search(query, 30);
            expect(found!.profiles.every((each) => Number.isFinite(each.similarity) && index.has(each.model))).toBe(
              true,
            );
          } catch (error) {
            if (!RouteProfileError.isInstance(error) || error.code !== 'CORRUPT_FILE') throw error;
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});

describe('offers', () => {
  it('are kept once each, and admitted by the rule of whatLacks', () => {
    const offers = fc.record(
      {
        price: fc.record({ input: fc.nat(3), output: fc.nat(3) }),
        limits: fc.record({ contextTokens: fc.nat(3) }, { requiredKeys: [] }),
        capabilities: fc.record({ tools: fc.boolean(), region: fc.constantFrom('eu', 'us') }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    const demands = fc.record(
      { tools: fc.boolean(), region: fc.constant('eu'), contextTokens: fc.nat(3) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(offers, { maxLength: 12 }), demands, fc.option(fc.nat(3)), (all, requirements, most) => {
        const kinds = offerKinds();
        const places = all.map((offer) => kinds.kindOf(offer));
        const again = all.map((offer) =>
          kinds.kindOf(Object.fromEntries(Object.entries(structuredClone(offer)).reverse())),
        );
        expect(again).toEqual(places);
        const admitted = kinds.admitted({ requirements, ...(most !== null && { maxPrice: { output: most } }) });
        all.forEach((offer, i) => {
          const cheap = most === null || (offer.price !== undefined && offer.price.output <= most);
          expect(admitted[places[i]!] === 1).toBe(cheap && whatLacks(offer, requirements) === null);
        });
      }),
    );
  });
});
