import { createMatrix, createRandom, rowOf, type Matrix } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { squash } from '../model/squash.js';
import { toyVectors } from '../testing/toy.js';
import { averageOf, bagsOf, spread } from './bags.js';
import { fitByCosine } from './cosine.js';
import { fitStatic, meanCosine } from './fit-static.js';
import { dequantize, quantize } from './quantize.js';
import { ridgeVectors } from './ridge.js';

const PIECES = 21;
const DIMENSIONS = 128;
const ctx = { seed: 3 };

/** Texts of ids 0 to 15; the pieces from 16 on are in none. */
const toyTexts = (count: number, seed = 1): Int32Array[] => {
  const random = createRandom(seed, 'texts');
  return Array.from({ length: count }, () => Int32Array.from({ length: 1 + random.int(9) }, () => random.int(16)));
};
const randomMatrix = (rows: number, seed: number, scale = 1): Matrix => {
  const random = createRandom(seed, 'matrix');
  return createMatrix(
    rows,
    DIMENSIONS,
    Float32Array.from({ length: rows * DIMENSIONS }, () => scale * random.normal()),
  );
};
/** What a static encoder of these piece vectors makes of texts. */
const read = (texts: readonly Int32Array[], vectors: Matrix): Matrix => {
  const bags = bagsOf(texts);
  const out = createMatrix(texts.length, DIMENSIONS);
  const z = new Float64Array(DIMENSIONS);
  texts.forEach((_, row) => {
    averageOf(bags, row, vectors.data, z);
    const t = z.map(squash);
    const norm = Math.hypot(...t);
    rowOf(out, row).set(t.map((x) => x / norm));
  });
  return out;
};
const worst = (a: Matrix, b: Matrix): number =>
  a.data.reduce((most, x, i) => Math.max(most, Math.abs(x - b.data[i]!)), 0);

describe('bagsOf', () => {
  it('counts pieces as shares; an empty text is one unknown', () => {
    const { start, piece, share } = bagsOf([Int32Array.of(4, 9, 4, 4), Int32Array.of()]);
    expect({ start: [...start], piece: [...piece], share: [...share] }).toEqual({
      start: [0, 2, 3],
      piece: [4, 9, 0],
      share: [0.75, 0.25, 1],
    });
  });

  it('spreads by the transpose of what it averages by', () => {
    const bags = bagsOf(toyTexts(1));
    const vectors = randomMatrix(PIECES, 1);
    const values = Float64Array.from(randomMatrix(1, 2).data);
    const average = new Float64Array(DIMENSIONS);
    averageOf(bags, 0, vectors.data, average);
    const sums = new Float32Array(vectors.data.length);
    spread(bags, 0, values, sums);
    const left = average.reduce((sum, x, d) => sum + x * values[d]!, 0);
    expect(sums.reduce((sum, x, i) => sum + x * vectors.data[i]!, 0)).toBeCloseTo(left, 3);
  });
});

describe('ridgeVectors', () => {
  const texts = toyTexts(60);
  const bags = bagsOf(texts);
  const prior = randomMatrix(PIECES, 5);
  const targets = randomMatrix(60, 6);

  it('makes the gradient of its objective vanish, and leaves pieces of no text at the prior', async () => {
    const ridge = 0.05;
    const solution = await ridgeVectors({ bags, targets, prior, ridge, steps: 60 });
    const gradient = new Float32Array(solution.data.length).map((_, i) => ridge * (solution.data[i]! - prior.data[i]!));
    const row = new Float64Array(DIMENSIONS);
    texts.forEach((_, i) => {
      averageOf(bags, i, solution.data, row);
      spread(
        bags,
        i,
        row.map((x, d) => x - rowOf(targets, i)[d]!),
        gradient,
      );
    });
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-4);
    for (let piece = 16; piece < PIECES; piece++) expect([...rowOf(solution, piece)]).toEqual([...rowOf(prior, piece)]);
  });
});

describe('fitByCosine', () => {
  const texts = toyTexts(400);
  const truth = randomMatrix(PIECES, 8);
  const input = { bags: bagsOf(texts), targets: read(texts, truth), start: randomMatrix(PIECES, 9, 0.01), batch: 64 };

  it('finds vectors that point where the teacher points, also for texts it has not seen', async () => {
    const vectors = await fitByCosine({ ...input, epochs: 60, learningRate: 0.1 }, ctx);
    const others = toyTexts(100, 2);
    expect(meanCosine({ bags: bagsOf(others), targets: read(others, truth) }, input.start)).toBeLessThan(0.2);
    expect(meanCosine({ bags: bagsOf(others), targets: read(others, truth) }, vectors)).toBeGreaterThan(0.97);
  });

  it('goes downhill: the first small step of any batch lowers its loss', async () => {
    const losses: number[] = [];
    const onEpoch = (_: number, __: Matrix, loss: number) => void losses.push(loss);
    await fitByCosine({ ...input, batch: 400, epochs: 5, learningRate: 0.02, onEpoch }, ctx);
    for (let i = 1; i < losses.length; i++) expect(losses[i]!).toBeLessThan(losses[i - 1]!);
  });

  it('gives the same numbers for the same seed, others for another, and stops when told to', async () => {
    const fit = (seed: number) => fitByCosine({ ...input, epochs: 1, learningRate: 0.01 }, { seed });
    expect(await fit(1)).toEqual(await fit(1));
    expect(await fit(1)).not.toEqual(await fit(2));
    await expect(
      fitByCosine({ ...input, epochs: 1, learningRate: 0.01 }, { seed: 1, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('moves pieces of no text by the common offset alone', async () => {
    const vectors = await fitByCosine({ ...input, epochs: 2, learningRate: 0.01 }, ctx);
    const moved = (piece: number) => rowOf(vectors, piece).map((x, d) => x - rowOf(input.start, piece)[d]!);
    for (let d = 0; d < DIMENSIONS; d++) expect(moved(20)[d]).toBeCloseTo(moved(16)[d]!, 5);
    expect(moved(20).some((x) => x !== 0)).toBe(true);
  });
});

describe('quantize', () => {
  it('is off by half a step at most, and exact when done again', () => {
    const vectors = randomMatrix(PIECES, 4);
    const quantized = quantize(toyVectors().vocabulary, vectors);
    expect(worst(dequantize(quantized), vectors)).toBeLessThan(0.51 * Math.max(...quantized.scale));
    expect(quantize(toyVectors().vocabulary, dequantize(quantized)).vectors).toEqual(quantized.vectors);
  });

  it('takes a dimension that is the same for all pieces', () => {
    const flat = createMatrix(PIECES, 128, new Float32Array(PIECES * 128).fill(0.25));
    expect(dequantize(quantize(toyVectors().vocabulary, flat))).toEqual(flat);
  });
});

describe('fitStatic', () => {
  const start = toyVectors();
  const texts = toyTexts(300);
  const targets = read(texts, randomMatrix(PIECES, 8));

  it('comes nearer to the teacher on texts that it has held out', async () => {
    const fitted = await fitStatic({ start, texts, targets, epochs: 30, learningRate: 0.1 }, ctx);
    expect(fitted).toMatchObject({ learned: 270, heldOut: 30 });
    expect(fitted.epoch).toBeGreaterThan(0);
    expect(fitted.after).toBeGreaterThan(fitted.before + 0.3);
    const again = await fitStatic({ start, texts, targets, epochs: 30, learningRate: 0.1 }, ctx);
    expect(again).toEqual(fitted);
  });

  it('keeps what it began with where nothing is to be gained', async () => {
    const own = read(texts, dequantize(start));
    const fitted = await fitStatic({ start, texts, targets: own, epochs: 2, learningRate: 0.5 }, ctx);
    expect(fitted).toMatchObject({ epoch: 0, vectors: start });
    expect(fitted.after).toBe(fitted.before);
  });

  it('refuses too few texts, and vectors of another teacher', async () => {
    await expect(fitStatic({ start, texts: texts.slice(0, 49), targets }, ctx)).rejects.toMatchObject({
      code: 'NO_TRAINING_DATA',
    });
    await expect(fitStatic({ start, texts, targets: createMatrix(300, 64) }, ctx)).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
  });
});
