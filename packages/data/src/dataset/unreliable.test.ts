import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelCard } from '@routeprofile/schema';
import { checkDataset } from '../layouts/check.js';
import { loadDataset } from '../layouts/load.js';
import { folderOf, publishedFiles, temporaryFolder } from './testing.js';
import { routerTraining } from './router-training.js';
import { contradictedScores, isShareOfOne, markUnreliable, rankCorrelation, unreliableTasks } from './unreliable.js';

/** Five tasks; model i of n scores base + 3 i on each, a little shifted by task; overrides by task replace the candidates' scores. */
function cardsOf(
  overrides: Record<string, readonly number[]> = {},
  { own = 55, others = 60 }: { own?: number; others?: number } = {},
): ModelCard[] {
  const tasks = ['a', 'b', 'c', 'd', 'e'];
  const card = (name: string, auxiliary: boolean, score: (task: string, t: number) => number): ModelCard => ({
    name,
    text: name,
    family: null,
    scores: new Map(tasks.map((task, t) => [task, { value: score(task, t) }])),
    price: null,
    auxiliary,
  });
  return [
    ...Array.from({ length: 6 }, (_, i) =>
      card(`own${i}`, false, (task, t) => overrides[task]?.[i] ?? own + 3 * i + t + ((3 * i + t) % 3)),
    ),
    ...Array.from({ length: 6 }, (_, i) => card(`aux${i}`, true, (_task, t) => others + 3 * i + 2 * t)),
  ];
}
const contradicted = (cards: readonly ModelCard[]) => contradictedScores(cards).map(({ task }) => task);

describe('contradicted scores', () => {
  it('are those far off and in no order', () => {
    const [found, ...more] = contradictedScores(cardsOf({ c: [9, 0, 3, 1, 6, 2] }));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ task: 'c', candidates: 2.5, others: 71.5 });
    expect(found!.agreement).toBeLessThan(0.2);
    expect(found!.deviations).toBeGreaterThan(4);
    // A grader that fails every answer, and one that passes what it should not.
    expect(contradicted(cardsOf({ c: [0, 0, 0, 0, 0, 0] }))).toEqual(['c']);
    expect(contradicted(cardsOf({ c: [300, 290, 310, 301, 291, 299] }))).toEqual(['c']);
    expect(contradicted(cardsOf({ a: [9, 0, 3, 1, 6, 2], c: [9, 0, 3, 1, 6, 2] }))).toEqual(['a', 'c']);
  });

  it('are none where candidates are weaker, on every task or on one', () => {
    expect(contradicted(cardsOf())).toEqual([]);
    expect(contradicted(cardsOf({}, { own: -100, others: 60 }))).toEqual([]);
    expect(contradicted(cardsOf({}, { own: 1, others: 60 }))).toEqual([]);
    expect(contradicted(cardsOf({ c: [9, 10, 12, 13, 14, 15] }))).toEqual([]);
  });

  it('are none where only the order is another', () => {
    expect(contradicted(cardsOf({ c: [75, 72, 69, 66, 63, 60] }))).toEqual([]);
  });

  it('are none where the unit is another, whatever the order', () => {
    const shares = [0.9, 0.4, 0.7, 0.5, 0.8, 0.45];
    expect(contradicted(cardsOf({ c: shares }))).toEqual([]);
    expect(isShareOfOne(shares, [60, 90])).toBe(true);
    expect(isShareOfOne([0, 0, 0], [60, 90])).toBe(false);
    expect(isShareOfOne([0.01, 0.02], [60, 90])).toBe(false);
    expect(isShareOfOne(shares, [0.2, 0.6])).toBe(false);
  });

  it('are none where there is too little to compare with', () => {
    const faulty = cardsOf({ c: [9, 0, 3, 1, 6, 2] });
    const only = (cards: ModelCard[], tasks: string[]) =>
      cards.map((card) => ({ ...card, scores: new Map([...card.scores].filter(([task]) => tasks.includes(task))) }));
    expect(contradicted(only(faulty, ['a', 'b', 'c', 'd']))).toEqual(['c']);
    expect(contradicted(only(faulty, ['a', 'b', 'c']))).toEqual([]);
    expect(contradicted(faulty.slice(3))).toEqual([]);
    expect(contradicted(faulty.slice(0, 8))).toEqual([]);
    expect(contradicted([])).toEqual([]);
  });

  it('do not depend on the order of the cards, nor on a unit that all share', () => {
    const cards = cardsOf({ c: [9, 0, 3, 1, 6, 2] });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(cards, { minLength: cards.length }),
        fc.double({ min: 0.05, max: 1000, noNaN: true }),
        (shuffled, unit) => {
          const scaled = shuffled.map((card) => ({
            ...card,
            scores: new Map([...card.scores].map(([task, { value }]) => [task, { value: value * unit }])),
          }));
          expect(contradicted(scaled)).toEqual(['c']);
        },
      ),
    );
  });

  it('are marked on candidates, with one warning; values stay', () => {
    const cards = cardsOf({ c: [9, 0, 3, 1, 6, 2] });
    const marked = markUnreliable(cards, { unreliableScores: 'distrust' });
    expect(marked.warnings).toEqual([expect.stringContaining('on c are contradicted')]);
    marked.cards.forEach((card, i) => {
      expect([...card.scores].map(([task, { value }]) => [task, value])).toEqual(
        [...cards[i]!.scores].map(([task, { value }]) => [task, value]),
      );
      expect([...card.scores].filter(([, { unreliable }]) => unreliable).map(([task]) => task)).toEqual(
        card.auxiliary ? [] : ['c'],
      );
    });
    expect(markUnreliable(cardsOf(), { unreliableScores: 'distrust' })).toEqual({ cards: cardsOf(), warnings: [] });
    expect(markUnreliable(cards, { unreliableScores: 'trust' })).toEqual({ cards, warnings: [] });
    expect([...unreliableTasks(marked.cards)]).toEqual(['c']);
  });
});

it('rank correlation is Spearman’s, ties shared', () => {
  expect(rankCorrelation([1, 2, 3], [10, 200, 3000])).toBe(1);
  expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBe(0);
  // scipy.stats.spearmanr([1, 2, 2, 4], [1, 3, 2, 4])
  expect(rankCorrelation([1, 2, 2, 4], [1, 3, 2, 4])).toBeCloseTo(0.9486832980505138, 12);
});

describe('a dataset with another unit on one side', () => {
  const root = temporaryFolder();
  afterAll(() => rmSync(root, { recursive: true }));
  it('is told of it, and nothing is called faulty', async () => {
    const card = (math: number, qa: number) => ({ feature: 'A model.', detailed_scores: { math, qa } });
    const dir = folderOf(
      root,
      'units',
      publishedFiles({
        'profile_data/model_feature_standard.json': {
          a: card(0.5, 40),
          b: card(0.6, 30),
          c: card(0.7, 35),
          aux: card(65, 35),
        },
      }),
    );
    const { oddities } = await checkDataset(dir);
    expect(oddities.find(({ kind }) => kind === 'two-units')).toMatchObject({
      count: 1,
      examples: ['math: candidates 0.5 to 0.7, others 65 to 65'],
    });
    expect(oddities.filter(({ kind }) => kind === 'unreliable-scores')).toEqual([]);
  });
});

const data = process.env['ROUTEPROFILE_DATA'] ?? '';
describe.runIf(data !== '' && existsSync(join(data, 'routeprofile')))('the real data', () => {
  const dir = join(data, 'routeprofile');

  it.each(['standard', 'newllm'] as const)('%s: the code tasks and no others', async (mode) => {
    const dataset = await loadDataset(dir, { mode, testRows: false });
    const marked = new Set(
      dataset.cards.flatMap(({ scores }) =>
        [...scores].flatMap(([task, { unreliable }]) => (unreliable ? [task] : [])),
      ),
    );
    expect([...marked].sort()).toEqual(['human_eval', 'mbpp']);
    expect(dataset.cards.some((card) => card.auxiliary && [...card.scores.values()].some((s) => s.unreliable))).toBe(
      false,
    );
    expect(dataset.warnings.filter((warning) => warning.includes('unreliable'))).toHaveLength(1);
    const { oddities } = await checkDataset(dir, { mode, testRows: false });
    expect(oddities.find(({ kind }) => kind === 'unreliable-scores')).toMatchObject({
      count: 2,
      examples: [expect.stringMatching(/^human_eval/), expect.stringMatching(/^mbpp/)],
    });
  });

  it('teach nothing on those tasks, unless they are trusted', async () => {
    const pairsOn = async (unreliableScores: 'distrust' | 'trust') => {
      const dataset = await loadDataset(dir, { testRows: false, unreliableScores });
      const { pairs, tasks } = routerTraining(dataset, undefined, 'none');
      return {
        all: pairs.length,
        code: pairs.filter(({ query }) => tasks[query] === 'mbpp' || tasks[query] === 'human_eval').length,
      };
    };
    const trusted = await pairsOn('trust');
    expect(trusted.all).toBe(4200);
    expect(trusted.code).toBeGreaterThan(0);
    expect(await pairsOn('distrust')).toEqual({ all: trusted.all - trusted.code, code: 0 });
  });

  it.each(['routerbench-3task', 'zeroeval'])('%s: none', async (name) => {
    const dataset = await loadDataset(join(data, 'outcomes', name), {});
    expect(dataset.cards.some(({ scores }) => [...scores.values()].some((score) => score.unreliable))).toBe(false);
  });
});
