import { describeEncoderContract } from '@routeprofile/schema/testing';
import { RouteProfileError, rowOf } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHashEncoder } from './hash-encoder.js';

describeEncoderContract({ describe, it, expect }, 'hash', () => createHashEncoder());
describeEncoderContract({ describe, it, expect }, 'hash:dimensions=64', () => createHashEncoder({ dimensions: 64 }));

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

describe('hash encoder', () => {
  it('gives a word the weights the docstring tells', async () => {
    // 'is': the word (1), '<is' and 'is>' and '<is>' (0.3 each), no collision among 65,536 dimensions.
    const { data } = await createHashEncoder({ dimensions: 65_536 }).encode(['is']);
    const norm = Math.sqrt(1 + 3 * 0.09);
    const weights = [...data].filter((x) => x !== 0).map((x) => Math.abs(x) * norm);
    expect(weights.sort((a, b) => b - a).map((x) => x.toFixed(5))).toEqual([
      '1.00000',
      '0.30000',
      '0.30000',
      '0.30000',
    ]);
  });

  it('lets others have their turn within a long text, and gives it the vector of its features all the same', async () => {
    const encoder = createHashEncoder();
    const words = Array.from({ length: 6_000 }, (_, i) => `w${(i * 7_919) % 6_007}`).join(' ');
    for (const text of [words, 'ab'.repeat(15_000)]) {
      let [turns, over] = [0, false];
      const others = () => void (over || (turns++, setImmediate(others)));
      setImmediate(others);
      const { data } = await encoder.encode([text, 'short']);
      over = true;
      expect(turns).toBeGreaterThan(3);
      // Wherever the turns lie within it.
      expect((await encoder.encode(['short', 'short too', text])).data.slice(2 * 512)).toEqual(data.slice(0, 512));
    }
  });

  it('gives the same numbers for ever', async () => {
    const { data } = await createHashEncoder({ dimensions: 8 }).encode(['What is 2 + 2?']);
    expect([...data].map((x) => Number(x.toFixed(6)))).toMatchInlineSnapshot(`
      [
        0.295706,
        0.293375,
        0.58474,
        0.4694,
        -0.088013,
        -0.440063,
        -0.088013,
        -0.2347,
      ]
    `);
  });

  it('gives every text a unit vector', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const row = rowOf(await createHashEncoder().encode([text]), 0);
        expect(cosine(row, row)).toBeCloseTo(1, 5);
      }),
    );
  });

  it('puts texts that share words near each other, whatever their case', async () => {
    const { data } = await createHashEncoder().encode([
      'the red house',
      'THE RED HOUSE',
      'the red houses',
      'seven fish swam',
    ]);
    const at = (i: number) => data.subarray(i * 512, (i + 1) * 512);
    expect(cosine(at(0), at(1))).toBeCloseTo(1, 6);
    expect(cosine(at(0), at(2))).toBeGreaterThan(0.5);
    expect(Math.abs(cosine(at(0), at(3)))).toBeLessThan(0.2);
  });

  it('names its parameters in its id and refuses senseless ones', () => {
    expect(createHashEncoder({ dimensions: 256 }).id).toBe('hash@1:dimensions=256');
    expect(() => createHashEncoder({ dimensions: 0.5 })).toThrow(RouteProfileError);
  });

  it('notices an interruption among many texts', async () => {
    const controller = new AbortController();
    const work = createHashEncoder().encode(Array<string>(5000).fill('some text'), {
      seed: 1,
      signal: controller.signal,
    });
    controller.abort();
    await expect(work).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
