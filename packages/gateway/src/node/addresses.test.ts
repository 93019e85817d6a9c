import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { guardedLookup } from './addresses.js';

const answering = (found: string | LookupAddress[]) =>
  guardedLookup((_, __, callback) => callback(null, found, typeof found === 'string' ? 4 : undefined));
const errorOf = (found: string | LookupAddress[]): Promise<string | undefined> =>
  new Promise((resolve) => answering(found)('models.example', {}, (error) => resolve(error?.message)));

describe('guardedLookup', () => {
  it('refuses names that lead to where credentials are', async () => {
    expect(await errorOf('169.254.169.254')).toContain('models.example leads to 169.254.169.254');
    expect(
      await errorOf([
        { address: '192.0.2.1', family: 4 },
        { address: 'fe80::1', family: 6 },
      ]),
    ).toContain('fe80::1');
    expect(await errorOf([{ address: '::ffff:169.254.169.254', family: 6 }])).toContain('[::ffff:a9fe:a9fe]');
  });

  it('passes on what else is found', async () => {
    expect(await errorOf('192.0.2.1')).toBe(undefined);
    expect(await errorOf([{ address: '2001:db8::1', family: 6 }])).toBe(undefined);
  });
});
