import { describeLearnerContract } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { builtInLearners, learnerNamed } from './built-in.js';

for (const learner of builtInLearners) describeLearnerContract({ describe, it, expect }, learner);

describe('learners by name', () => {
  it('come with their options complete', () => {
    const { learner, options } = learnerNamed('memory:kappa=5:window=100');
    expect(learner.name).toBe('memory');
    expect(options).toMatchObject({ kappa: 5, window: 100 });
    expect(Object.keys(options)).toContain('width');
  });

  it('are refused if unknown, or given other options', () => {
    expect(() => learnerNamed('oracle')).toThrow(/there is no learner called oracle/);
    expect(() => learnerNamed('memory:kapa=5')).toThrow(/kapa/);
  });
});
