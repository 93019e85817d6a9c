import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { chooseCandidate } from './choose.js';

const N = 500;
const folds = Int32Array.from({ length: N }, (_, i) => i % 5);
const base = new Float64Array(N).fill(0.5);
/** best-single, and candidates so many standard errors better, with errors that they share by half. */
function candidates(seed: number, ...leads: number[]) {
  const random = createRandom(seed, 'candidates');
  const shared = Float64Array.from(base, () => random.normal());
  const size = 0.3;
  return [
    { name: 'best-single', worths: base },
    ...leads.map((lead, c) => ({
      name: `router-${c}`,
      worths: base.map((b, i) => b + size * (lead / Math.sqrt(N) + Math.SQRT1_2 * (shared[i]! + random.normal()))),
    })),
  ];
}
const seeds = Array.from({ length: 60 }, (_, seed) => seed);

describe('chooseCandidate', () => {
  it('takes what is clearly better, and says by how much', () => {
    const { chosen, why, table } = chooseCandidate(candidates(1, 0, 8), folds);
    expect(chosen).toBe(2);
    expect(why).toMatch(/router-1 beats/);
    expect(table.map(({ name }) => name)).toEqual(['best-single', 'router-0', 'router-1']);
    expect(table[0]!.overBestSingle).toEqual({ mean: 0, standardError: 0 });
    expect(table[2]!.overBestSingle.mean).toBeCloseTo(table[2]!.worth.mean - 0.5, 9);
  });

  it('prefers the simpler of two that are about as good', () => {
    const [single, simple] = candidates(2, 8);
    const dearer = { name: 'dearer', worths: simple!.worths.map((w, i) => w + (i % 2 === 0 ? 0.05 : -0.049)) };
    expect(chooseCandidate([single!, simple!, dearer], folds).chosen).toBe(1);
    expect(chooseCandidate([single!, dearer, simple!], folds).chosen).toBe(1);
  });

  it('stays with best-single where nothing is better, most of the time even among many', () => {
    const taken = seeds.filter((seed) => chooseCandidate(candidates(seed, 0, 0, 0, 0, 0, 0, 0, 0), folds).chosen > 0);
    expect(taken.length).toBeLessThan(15);
    const worse = seeds.filter((seed) => chooseCandidate(candidates(seed, -1, -1, -1, -1), folds).chosen > 0);
    expect(worse.length).toBeLessThan(4);
  });

  it('still finds what is better by a few standard errors', () => {
    const found = seeds.filter((seed) => chooseCandidate(candidates(seed, 0, 0, 4), folds).chosen > 0);
    expect(found.length).toBeGreaterThan(55);
  });

  it('takes best-single when all are the same to the last digit', () => {
    const same = [1, 2, 3].map((c) => ({ name: `router-${c}`, worths: base.slice() }));
    expect(chooseCandidate([{ name: 'best-single', worths: base }, ...same], folds)).toMatchObject({
      chosen: 0,
      why: expect.stringMatching(/nothing beats/) as string,
    });
  });
});
