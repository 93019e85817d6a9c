import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProfileIndexArtifact } from '@routeprofile/schema';
import { failureOf } from '../disk/testing.js';
import { readProfileIndex, writeProfileIndex } from './profile-index.js';

const dir = mkdtempSync(join(tmpdir(), 'rp-profile-index-'));
afterAll(() => rmSync(dir, { recursive: true }));

const artifact: ProfileIndexArtifact = {
  manifest: { version: 1, strategy: 'any', options: { lists: 3 } },
  arrays: {
    names: new TextEncoder().encode('["a","b€"]'),
    kinds: Int32Array.of(-1, 7),
    // A view into the middle of something larger, as indexes give their arrays.
    rows: new Float32Array(Float32Array.of(9, 0.5, -2.25, NaN, 9).buffer, 4, 3),
    orders: Float64Array.of(2 ** 40, NaN),
    none: new Float32Array(0),
  },
};

describe('files of an index of profiles', () => {
  it('give every array back, bit for bit', async () => {
    await writeProfileIndex(dir, artifact);
    expect(await readProfileIndex(dir)).toEqual(artifact);
  });

  it('are refused by name when they are cut, changed or do not belong together', async () => {
    await writeProfileIndex(dir, artifact);
    const [json, bin] = [join(dir, 'index.json'), join(dir, 'index.bin')];
    const [text, bytes] = [readFileSync(json, 'utf8'), readFileSync(bin)];
    const changed = Uint8Array.from(bytes);
    changed[3]! ^= 1;
    for (const damaged of [changed, bytes.subarray(0, -8)]) {
      writeFileSync(bin, damaged);
      expect((await failureOf(() => readProfileIndex(dir))).message).toContain('index.bin: is not the file that');
    }
    writeFileSync(bin, bytes);
    for (const [from, to] of [
      ['"length": 3', '"length": 5'],
      ['"length": 3', '"length": 1'],
      ['"kind": "f8"', '"kind": "f9"'],
    ] as const) {
      writeFileSync(json, text.replace(from, to));
      expect((await failureOf(() => readProfileIndex(dir))).code).toBe('CORRUPT_FILE');
    }
    rmSync(bin);
    writeFileSync(json, text);
    expect((await failureOf(() => readProfileIndex(dir))).code).toBe('MISSING_FILE');
  });
});
