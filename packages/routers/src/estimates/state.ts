import { z, type NamedArray, type WrapperState } from '@routeprofile/schema';
import type { Estimates } from './estimates.js';
import { FREE_FEATURES, randomProjection } from './features.js';
import type { Quantity } from './quantity.js';

const priceSchema = z.object({ input: z.number(), output: z.number() });
const useSchema = z.object({ input: z.number().optional(), output: z.number().optional() });
const latencySchema = z.object({
  firstToken: z.number().optional(),
  perOutputToken: z.number().optional(),
  total: z.number().optional(),
});
/** JSON has no NaN: null = never measured. */
const known = z.array(z.number().nullable());
const quantitySchema = z.object({
  kind: z.enum(['mean', 'length', 'query']),
  means: known,
  lowest: known,
  highest: known,
  regression: z
    .object({
      lengthMean: z.number(),
      lengthDeviation: z.number(),
      smearing: z.array(z.number()),
      vectorFeatures: z.number().int().min(0),
      projection: z.object({ seed: z.number(), dimensions: z.number().int().min(1) }).nullable(),
    })
    .optional(),
});
type StoredQuantity = z.infer<typeof quantitySchema>;

export const estimatesSchema = z.object({
  models: z.array(z.string()),
  cost: quantitySchema.nullable(),
  latency: quantitySchema.nullable(),
  stated: z.array(
    z.object({
      price: priceSchema.optional(),
      latency: latencySchema.optional(),
      use: useSchema,
      tasks: z.record(z.string(), useSchema),
    }),
  ),
});

const withNull = (values: Float64Array) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));
const withNaN = (values: readonly (number | null)[]) => Float64Array.from(values, (value) => value ?? NaN);

const vector = (data: Float32Array): NamedArray => ({ shape: [data.length], data });

/** Estimates as a wrapper keeps them; its arrays begin with `cost:` or `latency:`. */
export function storeEstimates({ models, cost, latency, stated }: Estimates): WrapperState {
  const weights: Record<string, NamedArray> = {};
  const store = (name: string, quantity: Quantity | null): StoredQuantity | null => {
    if (!quantity) return null;
    const { kind, means, lowest, highest, regression } = quantity;
    const plain = { kind, means: withNull(means), lowest: withNull(lowest), highest: withNull(highest) };
    if (!regression) return plain;
    const { space, smearing } = regression;
    weights[`${name}:weights`] = {
      shape: [regression.weights.length / means.length, means.length],
      data: regression.weights,
    };
    if (space.vectorMean.length > 0) weights[`${name}:mean`] = vector(space.vectorMean);
    const { lengthMean, lengthDeviation, projection } = space;
    return {
      ...plain,
      regression: {
        lengthMean,
        lengthDeviation,
        smearing: [...smearing],
        vectorFeatures: space.vectorMean.length,
        projection: projection && { seed: projection.seed, dimensions: projection.directions.rows },
      },
    };
  };
  return {
    state: { models, cost: store('cost', cost), latency: store('latency', latency), stated } satisfies z.infer<
      typeof estimatesSchema
    >,
    weights,
  };
}

/**
 * @param stored as `estimatesSchema` gives it
 * @param weight an array of the wrapper's by name and shape; throws when it is missing or of another shape
 */
export function restoreEstimates(
  { models, cost, latency, stated }: z.infer<typeof estimatesSchema>,
  weight: (name: string, shape: readonly number[]) => Float32Array,
): Estimates {
  const restore = (name: string, quantity: StoredQuantity | null): Quantity | null => {
    if (!quantity) return null;
    const { kind, means, lowest, highest, regression } = quantity;
    const plain = { kind, means: withNaN(means), lowest: withNaN(lowest), highest: withNaN(highest) };
    if (!regression) return plain;
    const { lengthMean, lengthDeviation, smearing, vectorFeatures, projection } = regression;
    return {
      ...plain,
      regression: {
        space: {
          lengthMean,
          lengthDeviation,
          vectorMean: vectorFeatures === 0 ? new Float32Array(0) : weight(`${name}:mean`, [vectorFeatures]),
          projection: projection && randomProjection(projection.dimensions, projection.seed),
        },
        weights: weight(`${name}:weights`, [FREE_FEATURES + vectorFeatures, means.length]),
        smearing: Float64Array.from(smearing),
      },
    };
  };
  return { models, cost: restore('cost', cost), latency: restore('latency', latency), stated };
}
