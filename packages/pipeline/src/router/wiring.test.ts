import type { Candidate } from '@routeprofile/schema';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { extendedWiring, wiringOf } from './wiring.js';

const candidates: Candidate[] = ['a', 'b', 'new'].map((id) => ({ id, model: id }));
const dataset = { candidates, newModels: ['new'] };
const outcomes = { ...emptyOutcomes(2, 3), score: Float64Array.of(0, 1, NaN, 0, 0.5, NaN) };

describe('the wiring of a saved router', () => {
  it('names the model that its training rows speak for, never a new one', () => {
    expect(wiringOf(dataset, { pairs: [], outcomes }, {}).bestSingle).toBe('b');
    const pairs = [{ query: 0, better: 0, worse: 1 }];
    expect(wiringOf(dataset, { pairs, outcomes: null }, {}).bestSingle).toBe('a');
    expect(wiringOf(dataset, { pairs: [], outcomes: null }, {})).not.toHaveProperty('bestSingle');
  });

  it('stays what it was when models join', () => {
    const manifest = {
      ...{ version: 1 as const, strategy: 's', options: {}, models: ['a'], encoder: null, dimensions: null },
      ...{ seed: 1, state: {}, bestSingle: 'a', candidates: candidates.slice(0, 1) },
    };
    expect(extendedWiring(manifest, candidates)).toMatchObject({ bestSingle: 'a', candidates });
  });
});
