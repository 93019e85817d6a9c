import { describe, expect, it } from 'vitest';
import { describeRouterContract } from '@routeprofile/schema/testing';
import { createRuntime } from '@routeprofile/tensor';
import fixture from './fixtures/mlp-router.json' with { type: 'json' };
import { mlpRouter } from './mlp.js';
import { mlpParity } from './parity.js';

const small = { hidden: 16, output: 8, epochs: 3 };
describeRouterContract({ describe, it, expect }, mlpRouter, { options: small });

describe('parity with PyTorch', () => {
  it.each(['cpu', 'wasm', 'embedded'] as const)('on %s', async (backend) => {
    const parity = await mlpParity(fixture, await createRuntime({ backend }));
    expect(parity.forward).toBeLessThan(1e-5);
    expect(parity.loss).toBeLessThan(1e-5);
    expect(parity.after).toBeLessThan(1e-4);
  });
});
