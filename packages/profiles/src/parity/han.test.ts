import { RouteProfileError } from '@routeprofile/schema';
import { createRuntime } from '@routeprofile/tensor';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/han.json';
import { hanParity } from './han.js';

describe('hanParity', () => {
  it.each(['cpu', 'wasm', 'embedded'] as const)('gives the numbers of PyTorch Geometric on %s', async (backend) => {
    const { forward, loss, gradients } = await hanParity(fixture, await createRuntime({ backend }));
    expect(forward).toBeLessThan(1e-5);
    expect(loss).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-4);
  });

  it('tells when a number differs', async () => {
    const bent = structuredClone(fixture);
    bent.layer1['lin_src.task__task_to_model__model'][0]![0]![0]! += 0.01;
    const { forward } = await hanParity(bent, await createRuntime({ backend: 'embedded' }));
    expect(forward).toBeGreaterThan(1e-5);
  });

  it('names a fixture of another format', async () => {
    const runtime = await createRuntime({ backend: 'embedded' });
    const error = await hanParity({ features: {} }, runtime).catch((caught: unknown) => caught);
    expect(RouteProfileError.isInstance(error) && error.code).toBe('BAD_INPUT');
  });
});
