import { describe, expect, it } from 'vitest';
import { createRuntime } from '@routeprofile/tensor';
import { describeRouterContract } from '@routeprofile/schema/testing';
import fixture from './fixtures/graph-router.json' with { type: 'json' };
import { graphRouter } from './graph.js';
import { graphParity } from './parity.js';

const small = { hidden: 16, epochs: 3 };
describeRouterContract({ describe, it, expect }, graphRouter, { options: small });
describe('published behaviour', () => {
  describeRouterContract({ describe, it, expect }, graphRouter, { options: { ...small, compat: true } });
});

describe('parity with PyTorch Geometric', () => {
  it.each(['cpu', 'wasm', 'embedded'] as const)('on %s', async (backend) => {
    const parity = await graphParity(fixture, await createRuntime({ backend }));
    expect(parity.forward).toBeLessThan(1e-5);
    expect(parity.loss).toBeLessThan(1e-4);
    expect(parity.after).toBeLessThan(1e-4);
  });
});
