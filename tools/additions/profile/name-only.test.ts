import { describe, expect, it } from 'vitest';
import { describeProfileContract, syntheticProfileInput } from '@routeprofile/schema/testing';
import { nameOnlyProfile } from './name-only.js';

describeProfileContract({ describe, it, expect }, nameOnlyProfile);

describe('name-only', () => {
  it('is the encoder’s vector of the name', async () => {
    const input = await syntheticProfileInput();
    const { vectors } = await nameOnlyProfile.build(input, {}, { seed: 1 });
    expect(vectors).toEqual(await input.encoder.encode([...input.models]));
  });
});
