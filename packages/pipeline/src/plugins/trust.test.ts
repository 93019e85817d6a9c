import { describe, expect, it } from 'vitest';
import { trustedEncoder, worksAlone } from './trust.js';

describe('an encoder that a file names', () => {
  it.each([
    'use-lite-hash@0.2.0-1:window=mean:hashed=256',
    'use-lite',
    'hash@1:dimensions=512',
    'static',
    'static@1-0a1b2c3d',
    'static-hash@1-0a1b2c3d-1:hashed=256',
  ])('may be opened where it works alone: %s', (saved) => {
    expect(worksAlone(saved)).toBe(true);
    expect(trustedEncoder(saved, {}, 'router.json')).toBe(saved);
  });

  it.each([
    'static:own.safetensors',
    'static:own.safetensors:contents=murmur3-0123456789abcdef',
    'static@1-0a1b2c3d:/dev/zero',
    'static-hash:own.safetensors:hashed=256:contents=murmur3-0123456789abcdef',
    'npz:vectors.npz:contents=sha256-00',
    'openai:m',
    './plugin.js',
    '',
  ])('has to be named by the person where it reads a file or asks somebody: %s', (saved) => {
    expect(worksAlone(saved)).toBe(false);
    expect(() => trustedEncoder(saved, {}, 'router.json')).toThrow(/router\.json was made with the encoder/);
  });
});
