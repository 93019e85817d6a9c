import { describeEncoderContract } from '@routeprofile/schema/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadStatic, openStaticEncoder, type StaticFiles } from './encoder.js';
import { packStaticFile } from './model/format.js';
import { squash } from './model/squash.js';
import { toyVectors } from './testing/toy.js';

const toy = toyVectors();
const files: StaticFiles = { name: 'toy', read: async () => packStaticFile(toy) };

describeEncoderContract({ describe, it, expect }, 'static', () => openStaticEncoder(files));

describe('the static encoder', () => {
  it('averages the vectors of pieces, and takes tanh and unit length of that', async () => {
    const { dimensions, vectors, scale, offset, vocabulary } = toy;
    const ids = ['▁red', 's', '▁of', '▁red'].map((piece) => vocabulary.findIndex(([known]) => known === piece));
    const expected = Float64Array.from({ length: dimensions }, (_, d) =>
      squash(offset[d]! + (scale[d]! * ids.reduce((sum, id) => sum + vectors[id * dimensions + d]!, 0)) / ids.length),
    );
    const norm = Math.hypot(...expected);
    const { data } = await (await openStaticEncoder(files)).encode(['reds of red']);
    expect([...data]).toEqual([...Float32Array.from(expected, (x) => x / norm)]);
  });

  it('gives the same bits with SIMD instructions as without', async () => {
    const [simd, plain] = await Promise.all([loadStatic(files), loadStatic(files, { simd: false })]);
    expect([simd.sums, plain.sums]).toEqual(['simd', 'plain']);
    const text = fc.array(fc.constantFrom('red', 'blue', ' ', 's', 'sum', '☃', 'of')).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 5 }), async (texts) => {
        expect(await simd.read(texts)).toEqual(await plain.read(texts));
      }),
    );
  });

  it('lets others have their turn within a long text', async () => {
    const { read } = await loadStatic(files);
    let [turns, over] = [0, false];
    const others = () => void (over || (turns++, setImmediate(others)));
    setImmediate(others);
    await read(['red blue '.repeat(8_000)]);
    over = true;
    expect(turns).toBeGreaterThan(2);
  });

  it('reads an empty text as one unknown, and says which texts hold one', async () => {
    const { read } = await loadStatic(files);
    const { vectors, unspelled } = await read(['', '☃', 'red', 'red ☃ sum']);
    expect(unspelled).toEqual([1, 3]);
    expect(vectors.data.every(Number.isFinite)).toBe(true);
  });

  it('lets others run while it reads a long text, and mixes up no two that are read at once', async () => {
    const { read } = await loadStatic(files);
    const texts = ['red sum of blue reds '.repeat(30_000), 'blue sums '.repeat(60_000)];
    const alone = [await read([texts[0]!]), await read([texts[1]!])];
    let turns = 0;
    let reading = true;
    const others = (async () => {
      for (; reading; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
    })();
    const together = await Promise.all(texts.map((text) => read([text])));
    reading = false;
    await others;
    expect(together).toEqual(alone);
    expect(turns).toBeGreaterThan(5);
  });

  it('stops when it is told to', async () => {
    const { read } = await loadStatic(files);
    const controller = new AbortController();
    const reading = read(['red '.repeat(200_000)], { signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('has an id of its own for vectors of its own', async () => {
    const other: StaticFiles = { name: 'toy', read: async () => packStaticFile(toyVectors(2)) };
    const ids = await Promise.all([files, other].map(async (source) => (await openStaticEncoder(source)).id));
    expect(ids[0]).toMatch(/^static:toy:contents=murmur3-[0-9a-f]{16}$/);
    expect(new Set(ids).size).toBe(2);
  });
});
