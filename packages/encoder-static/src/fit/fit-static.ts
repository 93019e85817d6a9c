import { createRandom, RouteProfileError, rowOf, takeRows, type Matrix, type RunContext } from '@routeprofile/schema';
import type { StaticVectors } from '../model/format.js';
import { squash } from '../model/squash.js';
import { averageOf, bagsOf, type Bags } from './bags.js';
import { fitByCosine } from './cosine.js';
import { dequantize, quantize } from './quantize.js';

/** What `fitStatic` is told. */
export interface FitStaticInput {
  /** The vectors to go on from, such as those that come with the package. */
  start: StaticVectors;
  /** The texts as ids of pieces, each text once. */
  texts: readonly Int32Array[];
  /** [texts × dimensions] of unit length: the teacher's vectors of the texts. */
  targets: Matrix;
  /** Passes over the texts. Default 16. */
  epochs?: number;
  /** Largest step of Adam. Default 0.01. */
  learningRate?: number;
}

/** Vectors that were taught more texts. */
export interface FittedStatic {
  vectors: StaticVectors;
  /** Texts that were learned from, and held out to judge by. */
  learned: number;
  heldOut: number;
  /** Mean cosine to the teacher on the texts held out: of `start`, and of what was learned. */
  before: number;
  after: number;
  /** The pass after which the held-out cosine was best; 0 if it never was above `before`, and `vectors` are then `start`. */
  epoch: number;
}

/** Fewer texts tell nothing about a held-out tenth. */
export const FEWEST_TEXTS = 50;
const HELD_OUT = 0.1;
/** Small, since a domain may have a few hundred texts. */
const BATCH = 64;

/**
 * Goes on teaching a static encoder: Adam on 1 − cosine to the teacher's vectors of these texts. A tenth of them, chosen by the seed, is held out; the pass
 * after which that tenth is nearest to the teacher gives the result. Pieces that no text has move with the common offset only.
 * @throws RouteProfileError NO_TRAINING_DATA for fewer than 50 texts, SHAPE_MISMATCH, NOT_FINITE, ABORTED.
 */
export async function fitStatic(input: FitStaticInput, ctx: RunContext): Promise<FittedStatic> {
  const { start, texts, targets, epochs = 16, learningRate = 0.01 } = input;
  if (texts.length < FEWEST_TEXTS)
    throw new RouteProfileError(
      'NO_TRAINING_DATA',
      `static: ${texts.length} distinct texts are too few to learn from; ${FEWEST_TEXTS} is the least`,
      { hint: 'Give more texts; they need no labels.' },
    );
  if (targets.rows !== texts.length || targets.cols !== start.dimensions)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `static: ${texts.length} texts and vectors of ${start.dimensions} dimensions, but the teacher gave ${targets.rows} × ${targets.cols}`,
    );
  const order = createRandom(ctx.seed, 'static', 'held out').shuffle(texts.map((_, i) => i));
  const cut = Math.round(HELD_OUT * texts.length);
  const [heldOut, learned] = [order.slice(0, cut), order.slice(cut)].map((rows) => ({
    bags: bagsOf(rows.map((i) => texts[i]!)),
    targets: takeRows(targets, rows),
  })) as [Lesson, Lesson];

  const before = meanCosine(heldOut, dequantize(start));
  let best = { vectors: start, cosine: before, epoch: 0 };
  await fitByCosine(
    {
      ...learned,
      start: dequantize(start),
      epochs,
      learningRate,
      batch: BATCH,
      onEpoch(epoch, vectors) {
        const quantized = quantize(start.vocabulary, vectors);
        const cosine = meanCosine(heldOut, dequantize(quantized));
        if (cosine > best.cosine) best = { vectors: quantized, cosine, epoch: epoch + 1 };
      },
    },
    ctx,
  );
  const { vectors, cosine: after, epoch } = best;
  return { vectors, learned: learned.targets.rows, heldOut: cut, before, after, epoch };
}

/** Texts with the vectors they should have. */
export interface Lesson {
  bags: Bags;
  targets: Matrix;
}

/** Mean cosine between `tanh(Σ share · vectors[piece])` and the targets. */
export function meanCosine({ bags, targets }: Lesson, vectors: Matrix): number {
  const z = new Float64Array(vectors.cols);
  let sum = 0;
  for (let row = 0; row < targets.rows; row++) {
    averageOf(bags, row, vectors.data, z);
    const target = rowOf(targets, row);
    let dot = 0;
    let square = 0;
    for (let d = 0; d < z.length; d++) {
      const t = squash(z[d]!);
      dot += t * target[d]!;
      square += t * t;
    }
    sum += dot / (Math.sqrt(square) || 1);
  }
  return sum / targets.rows;
}
