import {
  createMatrix,
  parseOptions,
  RouteProfileError,
  type Decision,
  type QueryBatch,
  type RankedModel,
  type Router,
} from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { calibrateWrapper } from './calibrate.js';
import { withConstraints } from './constraints.js';
import { withCost } from './cost.js';
import { explorationOf, type ExplorationSettings } from './exploration-chances.js';
import { withExploration } from './exploration.js';
import { withFallback } from './fallback.js';
import { withHeuristic } from './heuristic.js';
import { priceOfExploring } from './price-of-exploring.js';
import { wrapStrategy } from './wrap-strategy.js';

const RANKED: RankedModel[] = [
  { model: 'large', score: 3, probability: 0.9, expectedCost: 0.01 },
  { model: 'middle', score: 2, probability: 0.88, expectedCost: 0.002 },
  { model: 'small', score: 1, probability: 0.86, expectedCost: 0.0001 },
  { model: 'weak', score: 0, probability: 0.5, expectedCost: 0.0001 },
];
const decided = (ranked: RankedModel[]): Decision => ({
  model: ranked[0]!.model,
  ranked,
  reasons: [{ kind: 'inner', text: 'as it is' }],
});
const always = (ranked: RankedModel[]): Router => ({
  models: RANKED.map(({ model }) => model),
  decide: async ({ texts }) => texts.map(() => decided(ranked)),
  save: () => Promise.reject(new Error('not saved here')),
});
const batchOf = (count: number, from = 0): QueryBatch => ({
  texts: Array.from({ length: count }, () => '?'),
  ids: Array.from({ length: count }, (_, i) => `request-${from + i}`),
});
const failure = async (run: () => Promise<unknown>) => {
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return RouteProfileError.isInstance(error) ? error : undefined;
};

/** χ² of counts against chances, Σ (seen − expected)² / expected, and its 99.9 % quantile by degrees of freedom. */
const chiSquare = (seen: readonly number[], chances: readonly number[], draws: number) =>
  seen.reduce((sum, count, i) => sum + (count - draws * chances[i]!) ** 2 / (draws * chances[i]!), 0);
const CHI_SQUARE_999 = [0, 10.83, 13.82, 16.27];

describe('the chances of exploring', () => {
  it('follow softmax over those worth nearly as much as the best, with a floor', () => {
    const explored = explorationOf(decided(RANKED), { temperature: 0.05, floor: 0 });
    expect(explored.map(({ model }) => model)).toEqual(['large', 'middle', 'small']);
    const weights = [0, -0.02, -0.04].map((v) => Math.exp(v / 0.05));
    const total = weights.reduce((a, b) => a + b);
    explored.forEach(({ chance, loss }, i) => {
      expect(chance).toBeCloseTo(weights[i]! / total, 12);
      expect(loss).toBeCloseTo(0.02 * i, 12);
    });
    const sharp = explorationOf(decided(RANKED), { temperature: 0.001 });
    expect(sharp[2]!.chance).toBeCloseTo(0.02, 12);
    expect(sharp[0]!.chance).toBeCloseTo(0.96, 6);
    const most = explorationOf(decided(RANKED), { floor: 1 });
    most.forEach(({ chance }) => expect(chance).toBeCloseTo(1 / 3, 12));
  });

  it('share epsilon among them', () => {
    const chances = explorationOf(decided(RANKED), { epsilon: 0.3 }).map(({ chance }) => chance);
    [0.8, 0.1, 0.1].forEach((chance, i) => expect(chances[i]).toBeCloseTo(chance, 12));
  });

  it('leave the choice alone where nothing comes near it, or a rule chose', async () => {
    expect(explorationOf(decided(RANKED), { within: 0.01 })).toEqual([{ model: 'large', chance: 1, loss: 0 }]);
    const [ruled] = await withHeuristic(always(RANKED), { cheap: 'small', maxCharacters: 160 }).decide(batchOf(1));
    expect(ruled!.model).toBe('small');
    expect(explorationOf(ruled!)).toEqual([{ model: 'small', chance: 1, loss: 0 }]);
  });

  it('weigh costs where the router inside does', async () => {
    const [thrifty] = await withCost(always(RANKED), { lambda: 10 }).decide(batchOf(1));
    expect(thrifty!.model).toBe('middle');
    // 0.88 − 0.02 = 0.86 and 0.86 − 0.001 = 0.859; large is worth 0.9 − 0.1 = 0.8.
    expect(explorationOf(thrifty!).map(({ model }) => model)).toEqual(['middle', 'small']);
  });

  it('need chances, or the word that scores are meant', () => {
    const bare = decided(RANKED.map(({ model, score }) => ({ model, score: score / 100 })));
    expect(() => explorationOf(bare)).toThrow(/does not say how likely large is right/);
    expect(explorationOf(bare, { unit: 'score', within: 0.015 }).map(({ model }) => model)).toEqual([
      'large',
      'middle',
    ]);
  });

  it.each([
    { temperature: 0.1, epsilon: 0.1 },
    { epsilon: 0.1, floor: 0.1 },
    { temperature: 0 },
    { within: 2 },
    { misspelt: 1 },
  ] as ExplorationSettings[])('refuse %j', (settings) => {
    expect(() => explorationOf(decided(RANKED), settings)).toThrow(/explore: /);
  });
});

describe('a router that explores', () => {
  it.each([{ temperature: 0.05 }, { temperature: 0.01, floor: 0.05 }, { epsilon: 0.2 }, { within: 0.03 }])(
    'draws as often as it says: %j',
    async (settings) => {
      const explored = explorationOf(decided(RANKED), settings);
      const draws = 10_000;
      for (const seed of [1, 2]) {
        const decisions = await withExploration(always(RANKED), { ...settings, seed }).decide(batchOf(draws));
        const seen = explored.map(({ model }) => decisions.filter((decision) => decision.model === model).length);
        const chances = explored.map(({ chance }) => chance);
        expect(seen.reduce((a, b) => a + b)).toBe(draws);
        expect(chiSquare(seen, chances, draws)).toBeLessThan(CHI_SQUARE_999[explored.length - 1]!);
        const chanceOf = new Map(explored.map(({ model, chance }) => [model, chance]));
        expect(decisions.filter(({ model, propensity }) => propensity !== chanceOf.get(model))).toEqual([]);
      }
    },
  );

  it('puts the drawn model first, keeps the others in order with their scores, and says why', async () => {
    const decisions = await withExploration(always(RANKED), { seed: 4 }).decide(batchOf(60));
    const other = decisions.find(({ model }) => model === 'small')!;
    expect(other.ranked.map(({ model }) => model)).toEqual(['small', 'large', 'middle', 'weak']);
    expect(other.ranked[0]).toEqual(RANKED[2]);
    expect(other.reasons[0]!.kind).toBe('explore');
    expect(other.reasons[0]!.text).toMatch(
      /^small was drawn with chance 0\.\d{3} among 3 models that are worth at most 0\.05 less than the best \(chance of being right\); large is worth 0\.040 more$/,
    );
    expect(other.reasons[1]).toMatchObject({ kind: 'inner', model: 'large' });
    expect(decisions.find(({ model }) => model === 'large')!.reasons[1]).toEqual({ kind: 'inner', text: 'as it is' });
  });

  it('draws by seed and id, or text, alone: whatever the batch and its order', async () => {
    const router = withExploration(always(RANKED), { seed: 5 });
    const together = await router.decide(batchOf(50));
    const alone: Decision[] = [];
    for (let i = 49; i >= 0; i--) alone.unshift(...(await router.decide(batchOf(1, i))));
    expect(alone).toEqual(together);
    expect(await withExploration(always(RANKED), { seed: 6 }).decide(batchOf(50))).not.toEqual(together);
    const texts = Array.from({ length: 50 }, (_, i) => `question ${i}`);
    const byText = await router.decide({ texts });
    expect(new Set(byText.map(({ model }) => model)).size).toBe(3);
    expect((await router.decide({ texts: [texts[7]!] }))[0]).toEqual(byText[7]);
    expect(await router.decide({ texts: [] })).toEqual([]);
  });

  it('never leaves the models of the decision', async () => {
    const inside = withConstraints(
      always(RANKED),
      { small: { capabilities: { local: true } } },
      {
        ...{ json: false, tools: false, vision: false, local: true, outputTokens: 0, pii: false },
        onEmpty: 'error',
      },
    );
    for (const decision of await withExploration(inside, { seed: 7, within: 1 }).decide(batchOf(40)))
      expect([decision.model, decision.propensity]).toEqual(['small', 1]);
  });

  it('goes outermost: nothing that may change a drawn choice goes around it', async () => {
    const drawing = withExploration(always(RANKED), { seed: 8 });
    for (const around of [
      withExploration(drawing, { seed: 9 }),
      withCost(drawing, { lambda: 1 }),
      withFallback(drawing, { down: ['large'] }),
      withHeuristic(drawing, { cheap: 'small', maxCharacters: 160 }),
    ]) {
      const error = await failure(() => around.decide(batchOf(5)));
      expect(error?.code).toBe('UNSUPPORTED');
      expect(error?.hint).toMatch(/outermost/);
    }
    // What only adds figures does no harm.
    const { input } = syntheticRouterInput();
    const quiet = await wrapStrategy(knnRouter, [{ wrapper: calibrateWrapper }]).fit(
      input,
      parseOptions(wrapStrategy(knnRouter, [{ wrapper: calibrateWrapper }]), {}),
      { seed: 1 },
    );
    const decisions = await withExploration(quiet, { seed: 1, within: 1 }).decide({
      texts: ['?'],
      vectors: createMatrix(1, 8, new Float32Array(8).fill(1)),
    });
    expect(decisions[0]!.propensity).toBeLessThan(1);
  });
});

describe('the price of exploring', () => {
  it('is what the draws give up on average, in chances and in dollars', async () => {
    const settings = { temperature: 0.03, within: 0.05 };
    const price = priceOfExploring([decided(RANKED), decided(RANKED.slice(0, 1))], settings);
    const explored = explorationOf(decided(RANKED), settings);
    expect(price.loss).toBeCloseTo((0.02 * explored[1]!.chance + 0.04 * explored[2]!.chance) / 2, 12);
    expect(price.explored).toBeCloseTo((1 - explored[0]!.chance) / 2, 12);
    expect(price.models).toBe(2);
    expect(price.dollars).toBeCloseTo((-0.008 * explored[1]!.chance - 0.0099 * explored[2]!.chance) / 2, 12);
    const decisions = await withExploration(always(RANKED), { ...settings, seed: 3 }).decide(batchOf(20_000));
    const lost = decisions.reduce((sum, { ranked }) => sum + 0.9 - ranked[0]!.probability!, 0) / decisions.length;
    // Three standard errors of a loss between 0 and 0.04.
    expect(Math.abs(lost - 2 * price.loss)).toBeLessThan((3 * 0.02) / Math.sqrt(20_000));
  });

  it('has no dollars where calls have no price, and needs decisions', () => {
    const bare = decided(RANKED.map(({ expectedCost: _, ...rest }) => rest));
    expect(priceOfExploring([bare]).dollars).toBeNull();
    expect(() => priceOfExploring([])).toThrow(/no decisions/);
  });
});
