import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createMatrix, profileManifestSchema, type Matrix, type ProfileSet } from '@routeprofile/schema';
import { readNpzFile, writeNpzFile } from '../arrays/npz.js';
import { hashBytes } from '../disk/hash.js';
import { readJsonFile, writeJsonFile } from '../disk/json.js';
import { readBytes } from '../disk/read.js';
import { packRows, unpackRows } from './packed-rows.js';
import { readProfileSet, writeProfileSet } from './profile-set.js';

const root = mkdtempSync(join(tmpdir(), 'rp-packed-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Codes of a row, −128 for NaN, one of them ±127; and a scale of 16 significant bits. */
const packable = fc.integer({ min: 1, max: 7 }).chain((cols) =>
  fc.array(
    fc.record({
      codes: fc.array(fc.integer({ min: -128, max: 127 }), { minLength: cols, maxLength: cols }),
      at: fc.integer({ min: 0, max: cols - 1 }),
      scale: fc.tuple(fc.integer({ min: 2 ** 15, max: 2 ** 16 - 1 }), fc.integer({ min: -60, max: 20 })),
    }),
    { minLength: 1, maxLength: 5 },
  ),
);

describe('packed rows', () => {
  it('come back bit for bit', () => {
    fc.assert(
      fc.property(packable, (rows) => {
        const data = rows.flatMap(({ codes, at, scale: [digits, exponent] }) =>
          codes.map((code, d) => (d === at ? 127 : code === -128 ? NaN : code) * digits * 2 ** exponent + 0),
        );
        const matrix = createMatrix(rows.length, rows[0]!.codes.length, Float32Array.from(data));
        const packed = packRows(matrix)!;
        expect(packed.codes).toHaveLength(data.length);
        expect(unpackRows(packed, 'file')).toEqual(matrix);
      }),
    );
  });

  it('are refused wherever a number would change', () => {
    const of = (...data: number[]) => packRows(createMatrix(1, data.length, Float32Array.from(data)));
    expect(of(127, 1.5)).toBeNull();
    expect(of(1.2700001, 0.01)).toBeNull();
    expect(of(127, -0)).toBeNull();
    expect(of(0, 0)).toBeNull();
    expect(of(NaN, NaN)).toBeNull();
    expect(of(Infinity, 1)).toBeNull();
    expect([...of(127, -127, NaN, 5)!.codes]).toEqual([127, -127, -128, 5]);
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 8 }), (data) => {
        const matrix = createMatrix(1, data.length, data);
        const packed = packRows(matrix);
        if (packed) expect(unpackRows(packed, 'file')).toEqual(matrix);
      }),
    );
  });
});

/** As quantization leaves it: 500 numbers a model, in steps of a scale. */
const stepped = (rows: number, cols: number, scale: number) =>
  createMatrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, (_, at) => (((at * 37) % 255) - 127) * scale + 0),
  );
const set: ProfileSet = {
  models: ['meta/llama', 'b'],
  vectors: stepped(2, 500, 2 ** -9),
  keyed: {
    labels: ['math', 'math', 'qa'],
    keys: stepped(3, 500, 3 * 2 ** -12),
    scores: createMatrix(2, 3, Float32Array.of(127 / 256, NaN, -0.25, NaN, 127 / 64, 1 / 64)),
    queries: Int32Array.of(4, -1, 0),
  },
  provenance: {
    strategy: 'advantage',
    options: {},
    designPoint: { form: 'structured', representation: 'scores', hops: 1, learning: 'training-free' },
    encoder: 'hash',
    graph: null,
    seed: 1,
    versions: {},
  },
};

describe('a quantized profile set on disk', () => {
  it('takes less room and comes back bit for bit', async () => {
    const path = await writeProfileSet(root, 'packed', set);
    expect(await readProfileSet(path)).toEqual(set);
    const shifted = (matrix: Matrix) => ({ ...matrix, data: matrix.data.map((x) => x + 0.0001) });
    const keyed = { ...set.keyed!, keys: shifted(set.keyed!.keys), scores: shifted(set.keyed!.scores) };
    const plain = await writeProfileSet(root, 'plain', { ...set, vectors: shifted(set.vectors), keyed });
    const [small, large] = [await readBytes(path), await readBytes(plain)];
    expect(small.length).toBeLessThan(0.45 * large.length);
    const names = [...(await readNpzFile(path)).keys()];
    expect(names).toEqual([
      'meta/llama',
      'b',
      'scale:vectors',
      'keyed:keys',
      'scale:keyed:keys',
      'keyed:scores',
      'scale:keyed:scores',
      'keyed:queries',
    ]);
  });

  it('loads without its json, too', async () => {
    const path = await writeProfileSet(root, 'bare', set);
    rmSync(path.replace(/npz$/, 'json'));
    const bare = await readProfileSet(path);
    expect([bare.models, bare.vectors]).toEqual([set.models, set.vectors]);
  });

  it('is refused when its scales or its queries do not fit', async () => {
    for (const [name, length, message] of [
      ['scale:vectors', 1, '1 scales for 2 packed rows'],
      ['keyed:queries', 2, 'a query, or −1, for each of 3 keys'],
    ] as const) {
      const path = await writeProfileSet(root, 'broken', set);
      const arrays = await readNpzFile(path);
      arrays.set(name, { shape: [length], data: new Float32Array(length) });
      await writeNpzFile(path, arrays);
      const manifestPath = path.replace(/npz$/, 'json');
      const manifest = await readJsonFile(manifestPath, profileManifestSchema);
      await writeJsonFile(manifestPath, { ...manifest, vectors: hashBytes(await readBytes(path)) });
      await expect(readProfileSet(path)).rejects.toThrow(message);
    }
    const misnamed = { ...set, models: ['scale:vectors', 'b'] };
    await expect(writeProfileSet(root, 'misnamed', misnamed)).rejects.toThrow(/cannot be named/);
    const unfit = { ...set, keyed: { ...set.keyed!, queries: Int32Array.of(1) } };
    await expect(writeProfileSet(root, 'unfit', unfit)).rejects.toThrow(/3 keys but 1/);
  });

  const python = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  it.runIf(python)('is read by numpy, byte times scale', async () => {
    const path = await writeProfileSet(root, 'numpy', set);
    const script = `import numpy, sys; z = numpy.load(sys.argv[1]); v = z["b"]; print(v.dtype, v.shape[0], (v.astype("float32") * z["scale:vectors"][1]).tolist()[:9])`;
    const { stdout } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
    expect(stdout.trim()).toBe(
      `int8 500 [${[...set.vectors.data.slice(500, 509)].map((x) => (Number.isInteger(x) ? x.toFixed(1) : String(x))).join(', ')}]`,
    );
  });
});
