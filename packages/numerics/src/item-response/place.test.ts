import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { sigmoid, softplus } from '../softmax.js';
import { difficultySpread, withOwnDifficulty } from './own-difficulty.js';
import { abilityPrior, fisherInformation, mostInformative, placeAbility } from './place.js';
import { responseLogits, type Items } from './predict.js';
import { invertPositiveDefinite } from '../cholesky.js';
import { symmetricEigen } from '../eigen.js';
import { taskItems } from './task-scores.js';

const random = createRandom(9, 'place');
const normals = (n: number) => Float64Array.from({ length: n }, () => random.normal());
const items = (count: number, D = 3): Items => ({
  dimensions: D,
  discrimination: normals(count * D),
  difficulty: normals(count),
});
const chances = (asked: Items, ability: Float64Array) => responseLogits(asked, ability).map(sigmoid);
const distance = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((x, d) => x - b[d]!));

describe('symmetric matrices', () => {
  it('are taken apart and put together again', () => {
    const root = normals(36);
    const a = new Float64Array(36);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < 6; j++) for (let k = 0; k < 6; k++) a[i * 6 + j]! += root[i * 6 + k]! * root[j * 6 + k]!;
    const { values, vectors } = symmetricEigen(a, 6);
    expect([...values].sort((x, y) => y - x)).toEqual([...values]);
    const inv = invertPositiveDefinite(a, 6);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < 6; j++) {
        let [whole, unit] = [0, 0];
        for (let k = 0; k < 6; k++) {
          whole += values[k]! * vectors[k * 6 + i]! * vectors[k * 6 + j]!;
          unit += a[i * 6 + k]! * inv[k * 6 + j]!;
        }
        expect(whole).toBeCloseTo(a[i * 6 + j]!, 9);
        expect(unit).toBeCloseTo(i === j ? 1 : 0, 6);
      }
  });
});

describe('placeAbility', () => {
  const prior = abilityPrior(normals(60), 3);
  it('finds an ability from its chances, and stays at the prior without answers', () => {
    const asked = items(4000);
    const ability = Float64Array.of(1, -0.5, 0.3);
    const placed = placeAbility(asked, chances(asked, ability), prior);
    expect(distance(placed.ability, ability)).toBeLessThan(0.05);
    const silent = placeAbility(asked, new Float64Array(4000).fill(NaN), prior);
    expect(distance(silent.ability, prior.mean)).toBe(0);
    expect([...silent.precision]).toEqual([...prior.precision]);
  });

  it('is a mode: its posterior precision is the prior’s and the information there, and its gradient vanishes', () => {
    const asked = items(30);
    const outcomes = Float64Array.from({ length: 30 }, () => (random.float() < 0.5 ? 1 : 0));
    const { ability, precision } = placeAbility(asked, outcomes, prior);
    fisherInformation(asked, ability).forEach((x, k) => expect(precision[k]).toBeCloseTo(x + prior.precision[k]!, 9));
    const p = chances(asked, ability);
    for (let d = 0; d < 3; d++) {
      let slope = 0;
      for (let j = 0; j < 3; j++) slope += prior.precision[d * 3 + j]! * (ability[j]! - prior.mean[j]!);
      outcomes.forEach((y, k) => (slope += (p[k]! - y) * asked.discrimination[k * 3 + d]!));
      expect(slope).toBeCloseTo(0, 6);
    }
  });

  it('counts an outcome of weight 3 as three alike', () => {
    const asked = items(5);
    const outcomes = Float64Array.of(1, 0, 1, 1, 0);
    const thrice = <T>(list: Iterable<T>): T[] => [...list, ...list, ...list];
    const repeated: Items = {
      dimensions: 3,
      discrimination: Float64Array.from(thrice(asked.discrimination)),
      difficulty: Float64Array.from(thrice(asked.difficulty)),
    };
    const weighted = placeAbility(asked, outcomes, prior, [3, 3, 3, 3, 3]).ability;
    expect(distance(weighted, placeAbility(repeated, thrice(outcomes), prior).ability)).toBeLessThan(1e-6);
    expect(() => placeAbility(asked, [1], prior)).toThrow(/1 outcomes for 5 items/);
  });
});

describe('mostInformative', () => {
  const logDet = (m: Float64Array, n: number) => symmetricEigen(m, n).values.reduce((sum, x) => sum + Math.log(x), 0);
  const pool = items(60);
  const prior = abilityPrior(normals(30), 3);
  const precisionWith = (chosen: Int32Array) => {
    const some: Items = {
      dimensions: 3,
      discrimination: Float64Array.from(
        [...chosen].flatMap((k) => [...pool.discrimination.subarray(3 * k, 3 * k + 3)]),
      ),
      difficulty: Float64Array.from(chosen, (k) => pool.difficulty[k]!),
    };
    return fisherInformation(some, prior.mean).map((x, k) => x + prior.precision[k]!);
  };
  const informed = (chosen: Int32Array) => logDet(precisionWith(chosen), 3);

  it('takes greedily what raises log det most, each item once', () => {
    const chosen = mostInformative(pool, prior, 6);
    expect(new Set(chosen).size).toBe(6);
    for (let step = 0; step < 6; step++) {
      const before = chosen.subarray(0, step);
      const values = Array.from({ length: 60 }, (_, k) =>
        before.includes(k) ? -Infinity : informed(Int32Array.of(...before, k)),
      );
      expect(values.indexOf(Math.max(...values))).toBe(chosen[step]);
    }
    expect(mostInformative(pool, prior, 100)).toHaveLength(60);
  });

  it('for predictions, takes greedily what lowers the mean variance of the chances most', () => {
    const chances = responseLogits(pool, prior.mean).map(sigmoid);
    const variance = (chosen: Int32Array) => {
      const covariance = invertPositiveDefinite(precisionWith(chosen), 3);
      let sum = 0;
      for (let k = 0; k < 60; k++)
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++)
            sum +=
              (chances[k]! * (1 - chances[k]!)) ** 2 *
              pool.discrimination[3 * k + i]! *
              covariance[3 * i + j]! *
              pool.discrimination[3 * k + j]!;
      return sum;
    };
    const chosen = mostInformative(pool, prior, 4, 'prediction');
    for (let step = 0; step < 4; step++) {
      const before = chosen.subarray(0, step);
      const values = Array.from({ length: 60 }, (_, k) =>
        before.includes(k) ? Infinity : variance(Int32Array.of(...before, k)),
      );
      expect(values.indexOf(Math.min(...values))).toBe(chosen[step]);
    }
  });

  it('tells more than the first ten items', () => {
    const chosen = mostInformative(pool, prior, 10);
    expect(informed(chosen)).toBeGreaterThan(informed(Int32Array.from({ length: 10 }, (_, k) => k)));
  });
});

describe('a query’s own difficulty', () => {
  const [queries, models, D] = [400, 20, 2];
  const asked = items(queries, D);
  const abilities = normals(models * D);
  const logits = responseLogits(asked, abilities);
  const answers = (spread: number) => {
    const own = normals(queries).map((x) => spread * x);
    const sharper = Math.sqrt(1 + (Math.PI * spread ** 2) / 8);
    return {
      own,
      outcomes: logits.map((logit, k) =>
        random.float() < sigmoid(sharper * logit - own[Math.floor(k / models)]!) ? 1 : 0,
      ),
    };
  };

  it('is estimated from the answers, and absent where there is none', () => {
    expect(difficultySpread(logits, answers(0).outcomes, models)).toBeLessThanOrEqual(0.25);
    expect(Math.abs(difficultySpread(logits, answers(1.5).outcomes, models) - 1.5)).toBeLessThanOrEqual(0.25);
  });

  it('is the most likely one of a grid, whatever the size of the logits and with holes among the answers', () => {
    const few = 7;
    const spreads = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4];
    for (const size of [0.3, 1, 5, 400, 2000]) {
      const own = Float64Array.from(normals(40 * few), (x) => size * x);
      const known = own.map((logit) => {
        const drawn = random.float();
        return drawn < 0.1 ? NaN : drawn < 0.3 ? 0.4 : random.float() < sigmoid(logit + random.normal()) ? 1 : 0;
      });
      const likelihoods = spreads.map((spread) => {
        const sharper = Math.sqrt(1 + (Math.PI * spread ** 2) / 8);
        let total = 0;
        for (let at = 0; at < own.length; at += few) {
          const logs = Array.from({ length: 33 }, (_, k) => {
            const z = spread === 0 ? 0 : -4 + k / 4;
            let log = -0.5 * z * z;
            for (let m = at; m < at + few; m++) {
              const logit = sharper * own[m]! - spread * z;
              if (!Number.isNaN(known[m]!)) log += known[m]! * logit - softplus(logit);
            }
            return log;
          });
          const top = Math.max(...logs);
          const weights = logs.reduce((sum, _, k) => sum + Math.exp(spread === 0 ? 0 : -0.5 * (-4 + k / 4) ** 2), 0);
          total += top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0) / weights);
        }
        return total;
      });
      const chosen = likelihoods[spreads.indexOf(difficultySpread(own, known, few))]!;
      expect(chosen).toBeGreaterThan(Math.max(...likelihoods) - 1e-9 * Math.abs(chosen));
    }
  });

  it('is read off the others’ answers, so that a model is placed better by few', () => {
    const { outcomes } = answers(1.5);
    // The first model is new; the others answered.
    const others = abilities.slice(D);
    const known = Float64Array.from(outcomes.filter((_, k) => k % models > 0));
    const sharpened = withOwnDifficulty(asked, others, known, 1.5);
    const prior = abilityPrior(others, D);
    const error = (pool: Items) => {
      let sum = 0;
      for (let from = 0; from < queries; from += 20) {
        const part: Items = {
          dimensions: D,
          discrimination: pool.discrimination.slice(from * D, (from + 20) * D),
          difficulty: pool.difficulty.slice(from, from + 20),
        };
        const own = Float64Array.from({ length: 20 }, (_, i) => outcomes[(from + i) * models]!);
        sum += distance(placeAbility(part, own, prior).ability, abilities.subarray(0, D));
      }
      return sum;
    };
    expect(error(sharpened)).toBeLessThan(error(asked));
    expect(withOwnDifficulty(asked, others, known, 0)).toBe(asked);
    const silent = withOwnDifficulty(
      asked,
      others,
      known.map(() => NaN),
      1.5,
    );
    silent.difficulty.forEach((b, i) => expect(b).toBeCloseTo(asked.difficulty[i]!, 6));
  });
});

describe('taskItems', () => {
  it('let a model be placed by scores on another scale than the others’ chances', () => {
    const tasks = items(8, 2);
    const abilities = normals(10 * 2);
    const logits = responseLogits(tasks, abilities);
    // Every task is measured more strictly than the outcomes were.
    const scores = logits.map((logit) => sigmoid(logit - 1.2));
    const known = Float64Array.from(scores.filter((_, k) => k % 10 > 0));
    const made = taskItems(tasks, abilities.slice(2), known);
    expect([...made.tasks]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    made.items.difficulty.forEach((b, t) => expect(b).toBeCloseTo(tasks.difficulty[t]! + 1.2, 6));
    expect(made.weight).toBe(100);
    const own = Float64Array.from({ length: 8 }, (_, t) => scores[t * 10]!);
    const weights = own.map(() => made.weight);
    const { ability } = placeAbility(made.items, own, abilityPrior(abilities, 2), weights);
    expect(distance(ability, abilities.subarray(0, 2))).toBeLessThan(0.2);
  });

  it('leave out tasks that tell nothing, and trust scores less that contradict the abilities', () => {
    const tasks = items(3, 2);
    const abilities = normals(4 * 2);
    const scores = Float64Array.of(0.9, 0.1, 0.2, 0.8, NaN, NaN, 0.5, NaN, 1, 0, 1, 0);
    const made = taskItems(tasks, abilities, scores);
    expect([...made.tasks]).toEqual([0, 2]);
    expect(made.weight).toBeLessThan(10);
  });
});
