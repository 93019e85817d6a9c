import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileSecrets } from './secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'gateway-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('fileSecrets', () => {
  const secretOf = fileSecrets({ from: folder, variables: { KEY: 'of-the-environment' } });

  it('reads variables and files, without the line break at the end', () => {
    writeFileSync(join(folder, 'key'), 'of-a-file\n');
    writeFileSync(join(folder, 'empty'), '\n');
    const said = ['env:KEY', 'env:NONE', 'file:key', `file:${join(folder, 'key')}`, 'file:empty'].map(secretOf);
    expect(said).toEqual(['of-the-environment', undefined, 'of-a-file', 'of-a-file', undefined]);
  });

  it('says which file cannot be read', () => {
    expect(() => secretOf('file:none')).toThrow(/^file:none: cannot be read \(ENOENT/);
  });
});
