import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RouteProfileError, type NamedArray } from '@routeprofile/schema';
import { readNpy, writeNpy } from './npy.js';
import { npzPieces, readNpz, readNpzFile, writeNpz, writeNpzFile } from './npz.js';
import { storedZip } from './zip-store.js';

const MEGABYTE = new Uint8Array(2 ** 20);

const fixture = (name: string) => readFileSync(fileURLToPath(new URL(`../fixtures/numpy/${name}`, import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'rp-arrays-'));
afterAll(() => rmSync(folder, { recursive: true }));
const array = (shape: number[], data: number[]): NamedArray => ({ shape, data: Float32Array.from(data) });
const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (RouteProfileError.isInstance(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing thrown';
};
const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

describe('readNpy on files NumPy made', () => {
  it('reads every number type in either byte order, C or Fortran', () => {
    expect(readNpy(fixture('c-float32.npy'), 'a')).toEqual(array([2, 3], [0, 0.5, 1, 1.5, 2, 2.5]));
    expect(readNpy(fixture('fortran-float64.npy'), 'a')).toEqual(
      array(
        [2, 3, 4],
        Array.from({ length: 24 }, (_, i) => i / 3),
      ),
    );
    expect(readNpy(fixture('big-endian-int16.npy'), 'a')).toEqual(array([3], [-2, 0, 300]));
    expect(readNpy(fixture('int64.npy'), 'a')).toEqual(array([2, 2], [1, -2, 3, 4]));
    expect(readNpy(fixture('scalar-bool.npy'), 'a')).toEqual(array([], [1]));
  });

  it('refuses what holds no plain numbers, and says which array', () => {
    expect(codeOf(() => readNpy(fixture('complex.npy'), 'x.npz: c'))).toMatch(/^UNSUPPORTED: x\.npz: c: .*<c16/);
    expect(codeOf(() => readNpy(fixture('text.npy'), 't'))).toMatch(/^UNSUPPORTED: t: .*<U1/);
  });

  it('refuses any cut of a file, and bytes too many', () => {
    const whole = fixture('c-float32.npy');
    for (let length = 0; length < whole.length; length++)
      expect(codeOf(() => readNpy(whole.subarray(0, length), 'a'))).toMatch(/^CORRUPT_FILE: a: /);
    expect(codeOf(() => readNpy(Buffer.concat([whole, whole]), 'a'))).toMatch(/^CORRUPT_FILE/);
  });
});

describe('writeNpy', () => {
  it('writes the very bytes NumPy writes', () => {
    expect(Buffer.from(writeNpy(array([2, 3], [0, 0.5, 1, 1.5, 2, 2.5])))).toEqual(fixture('c-float32.npy'));
  });

  it('round-trips every shape and every float32', () => {
    const arrays = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return fc
        .array(fc.float({ noNaN: false }), { minLength: length, maxLength: length })
        .map((data) => array(shape, data));
    });
    fc.assert(fc.property(arrays, (a) => void expect(readNpy(writeNpy(a), 'a')).toEqual(a)));
  });

  it('refuses a shape that its data do not fill', () => {
    expect(codeOf(() => writeNpy(array([2, 2], [1])))).toMatch(/^SHAPE_MISMATCH/);
  });
});

describe('npz', () => {
  const entries = new Map([
    ['meta/llama 3', array([3], [1, 2, 3])],
    ['7', array([1, 1], [-0.5])],
    ['ü', array([0], [])],
  ]);

  it('reads stored and deflated archives of NumPy, names with slashes and accents included', () => {
    expect([...readNpz(fixture('stored.npz'), 'a')]).toEqual([
      ['meta/llama-3', array([3], [0, 0.5, 1])],
      ['gpt-4', array([3], [1.5, 2, 2.5])],
    ]);
    const deflated = readNpz(fixture('deflated.npz'), 'a');
    expect(deflated.get('zeros')).toEqual(
      array(
        [1000],
        Array.from({ length: 1000 }, () => 0),
      ),
    );
    expect(deflated.get('ü')).toEqual(array([2], [1.5, -2.5]));
  });

  it('round-trips in order, with the same bytes each time', async () => {
    expect([...readNpz(writeNpz(entries), 'a')]).toEqual([...entries]);
    expect(writeNpz(entries)).toEqual(writeNpz(new Map(entries)));
    await writeNpzFile(join(folder, 'deep', 'a.npz'), entries);
    expect([...(await readNpzFile(join(folder, 'deep', 'a.npz')))]).toEqual([...entries]);
  });

  it('hands the numbers on without a copy, and refuses more than is read again', () => {
    const data = Float32Array.of(1, 2, 3);
    const pieces = npzPieces(new Map([['a', { shape: [3], data }]]), 'x.npz');
    expect(pieces.some((piece) => piece.buffer === data.buffer)).toBe(true);
    const file = (bytes: number) => ({ name: 'a', pieces: Array.from({ length: bytes / 2 ** 20 }, () => MEGABYTE) });
    const refused = (...sizes: number[]) => codeOf(() => storedZip(sizes.map(file), 'x.npz'));
    expect(refused(2 ** 30 + 2 ** 20)).toMatch(/^LIMIT_EXCEEDED: x\.npz: a: would have 1,074,790,400 bytes/);
    expect(refused(2 ** 20, 2 ** 20)).toBe('nothing thrown');
    expect(
      codeOf(() =>
        storedZip(
          Array.from({ length: 2 ** 16 }, () => file(0)),
          'x',
        ),
      ),
    ).toMatch(/65536 arrays/);
  });

  it('finds every single changed byte and every cut, or reads the same numbers', () => {
    const bytes = writeNpz(new Map([['a', array([2], [1, 2])]]));
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i]! ^= 0x41;
      const outcome = codeOf(() => readNpz(changed, 'x.npz'));
      if (outcome === 'nothing thrown') expect([...readNpz(changed, 'x').values()]).toEqual([array([2], [1, 2])]);
      else expect(outcome).toMatch(/^(CORRUPT_FILE|UNSUPPORTED|LIMIT_EXCEEDED): x\.npz: /);
      expect(codeOf(() => readNpz(bytes.subarray(0, i), 'x.npz'))).toMatch(/^CORRUPT_FILE: x\.npz: /);
    }
  });

  it('refuses reserved names on both sides', () => {
    const plain = writeNpz(new Map([['__prot0__', array([1], [1])]]));
    const text = Buffer.from(plain).toString('latin1').replaceAll('__prot0__', '__proto__');
    expect(codeOf(() => readNpz(Buffer.from(text, 'latin1'), 'x.npz'))).toMatch(/^BAD_INPUT: x\.npz: .*__proto__/);
    expect(codeOf(() => writeNpz(new Map([['__proto__', array([1], [1])]])))).toMatch(/^BAD_INPUT/);
  });

  /** A zip whose entries are named, placed and sized as told, over one deflated body. */
  const zipOf = (packed: Buffer, entries: { name: string; unpacked: number; offset: number; crc?: number }[]) => {
    const local = Buffer.alloc(30 + 5);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(5, 26);
    local.write('a.npy', 30);
    const central = entries.map(({ name, unpacked, offset, crc = 0 }) => {
      const entry = Buffer.alloc(46 + name.length);
      entry.writeUInt32LE(0x02014b50, 0);
      entry.writeUInt16LE(8, 10);
      entry.writeUInt32LE(crc, 16);
      entry.writeUInt32LE(packed.length, 20);
      entry.writeUInt32LE(unpacked, 24);
      entry.writeUInt16LE(name.length, 28);
      entry.writeUInt32LE(offset, 42);
      entry.write(name, 46);
      return entry;
    });
    const directory = Buffer.concat(central);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(entries.length, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(local.length + packed.length, 16);
    return Buffer.concat([local, packed, directory, end]);
  };
  const bytesNpy = (count: number, fill = 0, fortranShape = '') => {
    const shape = fortranShape === '' ? `(${count},)` : fortranShape;
    const dict = `{'descr': '|i1', 'fortran_order': ${fortranShape === '' ? 'False' : 'True'}, 'shape': ${shape}, }`;
    const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
    const npy = Buffer.alloc(start + count, fill);
    npy.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    npy.writeUInt16LE(start - 10, 8);
    npy.write(`${dict.padEnd(start - 11)}\n`, 10);
    return npy;
  };

  it('refuses a zip bomb by its declared size, and one that declares less than it holds', () => {
    const zeros = Buffer.alloc(64 * 2 ** 20);
    const packed = deflateRawSync(zeros);
    const bomb = (unpacked: number) => zipOf(packed, [{ name: 'a.npy', unpacked, offset: 0 }]);
    expect(codeOf(() => readNpz(bomb(zeros.length), 'x.npz', { maxEntryBytes: 2 ** 20 }))).toMatch(
      /^LIMIT_EXCEEDED: x\.npz: a\.npy/,
    );
    expect(codeOf(() => readNpz(bomb(zeros.length), 'x.npz', { maxTotalBytes: 2 ** 20 }))).toMatch(/^LIMIT_EXCEEDED/);
    expect(codeOf(() => readNpz(bomb(1000), 'x.npz'))).toMatch(/^CORRUPT_FILE: x\.npz: a\.npy/);
  });

  it('refuses an archive that grows too much for its size, all entries together', () => {
    const npy = bytesNpy(80 * 2 ** 20);
    const packed = deflateRawSync(npy, { level: 9 });
    const grown = zipOf(packed, [{ name: 'a.npy', unpacked: npy.length, offset: 0, crc: crc32(npy) }]);
    expect(grown.length).toBeLessThan(2 ** 17);
    expect(codeOf(() => readNpz(grown, 'x.npz'))).toMatch(/^LIMIT_EXCEEDED: x\.npz: unpacks to .* times its size/);
  });

  it('counts the float32 numbers that are made, not the bytes they are made of', () => {
    const npy = bytesNpy(2 ** 20);
    const one = zipOf(deflateRawSync(npy), [{ name: 'a.npy', unpacked: npy.length, offset: 0, crc: crc32(npy) }]);
    expect(codeOf(() => readNpz(one, 'x.npz', { maxTotalBytes: 2 ** 21 }))).toMatch(
      /^LIMIT_EXCEEDED: x\.npz: .*a needs 4,194,304 bytes as float32/,
    );
    expect(codeOf(() => readNpz(one, 'x.npz', { maxTotalBytes: 2 ** 23 }))).toBe('nothing thrown');
  });

  it('refuses entries that share bytes with each other or with the directory', () => {
    const npy = bytesNpy(1000, 3);
    const packed = deflateRawSync(npy);
    const at = (name: string, offset: number) => ({ name, unpacked: npy.length, offset, crc: crc32(npy) });
    expect(codeOf(() => readNpz(zipOf(packed, [at('a.npy', 0)]), 'x.npz'))).toBe('nothing thrown');
    expect(codeOf(() => readNpz(zipOf(packed, [at('a.npy', 0), at('b.npy', 0)]), 'x.npz'))).toMatch(
      /^CORRUPT_FILE: x\.npz: .*a\.npy and b\.npy overlap/,
    );
  });

  it('reads Fortran order in time linear in the numbers, whatever the number of axes', () => {
    const ones = '1, '.repeat(30);
    const timed = (axes: string) => {
      const npy = bytesNpy(2 ** 21, 1, `(${axes}${2 ** 20}, 2)`);
      const begin = performance.now();
      expect(readNpy(npy, 'a').data.length).toBe(2 ** 21);
      return performance.now() - begin;
    };
    timed('');
    expect(timed(ones)).toBeLessThan(4 * timed('') + 50);
  });

  it('never throws anything but a RouteProfileError on random bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void expect(codeOf(() => readNpz(bytes, 'a'))).toMatch(/^[A-Z_]+: /),
      ),
    );
  });
});

describe.runIf(hasNumpy)('NumPy reads ours', () => {
  it('by numpy.load, name by name, bit by bit', async () => {
    const path = join(folder, 'ours.npz');
    await writeNpzFile(
      path,
      new Map([
        ['meta/llama', array([3], [1, 0.1, -3e30])],
        ['ü', array([2, 2], [1, 2, 3, 4])],
      ]),
    );
    const script = `
import json, sys, numpy as np
with np.load(sys.argv[1]) as f:
    print(json.dumps({k: [str(f[k].dtype), list(f[k].shape), f[k].astype(float).ravel().tolist()] for k in f.files}))`;
    const seen = JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })) as unknown;
    expect(seen).toEqual({
      'meta/llama': ['float32', [3], [1, Math.fround(0.1), Math.fround(-3e30)]],
      ü: ['float32', [2, 2], [1, 2, 3, 4]],
    });
  });
});
