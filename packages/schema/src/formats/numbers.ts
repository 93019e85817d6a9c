import { z } from 'zod';

/** What a measured number may be: 0, or of a size from `smallest` to `most`. */
export interface NumberBounds {
  /** Most often 0; a score may be negative. */
  least: number;
  most: number;
  /** Smaller sizes that are not 0 are lost in float32 arithmetic, and no axis can show them. */
  smallest: number;
}

/**
 * What scores, costs, prices, tokens and latencies may be, in any file. Within these bounds their squares, their products
 * (tokens × price) and sums over millions of rows stay finite and above 0 in float32.
 */
export const NUMBER_BOUNDS = {
  score: { least: -1e9, most: 1e9, smallest: 1e-18 },
  /** Dollars per call. */
  cost: { least: 0, most: 1e12, smallest: 1e-15 },
  /** Dollars per million tokens. */
  price: { least: 0, most: 1e8, smallest: 1e-12 },
  tokens: { least: 0, most: 1e9, smallest: 1e-3 },
  /** Seconds. */
  latency: { least: 0, most: 1e9, smallest: 1e-12 },
  /** Chance with which a model was chosen. */
  propensity: { least: 0, most: 1, smallest: 1e-12 },
} as const satisfies Record<string, NumberBounds>;

/** JSON has no NaN or Infinity; numbers made elsewhere may. */
export const finiteSchema = z.number().refine(Number.isFinite, { error: 'expected a finite number' });

/** A finite number that is still finite as float32, such as a weight or a bias. */
export const float32Schema = finiteSchema.refine((x) => Number.isFinite(Math.fround(x)), {
  error: ({ input }) => `is ${String(input)}, expected a number that float32 can hold (up to 3.4e38)`,
});

/** A figure of a report: finite, and so are sums and squares of many. */
export const figureSchema = z
  .number()
  .min(-1e100, { error: ({ input }) => `is ${String(input)}, expected a number of at least -1e100` })
  .max(1e100, { error: ({ input }) => `is ${String(input)}, expected a number of at most 1e100` });

/** `0`, `1e9`, `-1e9`. */
const written = (x: number): string => (x === 0 ? '0' : x.toExponential().replace('+', ''));

const bounded = (what: string, { least, most, smallest }: NumberBounds) => {
  const range = `${what} from ${written(least)} to ${written(most)}`;
  const error = ({ input }: { input?: unknown }) => `is ${String(input)}, expected ${range}`;
  return z
    .number()
    .min(least, { error })
    .max(most, { error })
    .refine((x) => x === 0 || Math.abs(x) >= smallest, {
      error: ({ input }) => `is ${String(input)}, expected 0 or a size of at least ${smallest}: round it to 0`,
    });
};

/** How well a model did, on the scale of its source. */
export const scoreSchema = bounded('a score', NUMBER_BOUNDS.score);
/** Dollars per call. */
export const costSchema = bounded('dollars per call', NUMBER_BOUNDS.cost);
/** Dollars per million tokens. */
export const pricePerMillionSchema = bounded('dollars per million tokens', NUMBER_BOUNDS.price);
/** A count of tokens, or the mean of some. */
export const tokensSchema = bounded('a count of tokens', NUMBER_BOUNDS.tokens);
/** Seconds. */
export const latencySchema = bounded('seconds', NUMBER_BOUNDS.latency);
/** Chance with which a policy chose a model: above 0, since it was chosen. */
export const propensitySchema = z
  .number()
  .refine((x) => x >= NUMBER_BOUNDS.propensity.smallest && x <= NUMBER_BOUNDS.propensity.most, {
    error: ({ input }) => `is ${String(input)}, expected a chance above 0 and up to 1`,
  });
