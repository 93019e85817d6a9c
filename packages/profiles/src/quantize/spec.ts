import { RouteProfileError, z } from '@routeprofile/schema';

/** How profiles are made smaller. */
export type Quantization =
  /** One signed byte per number and a scale per row. */
  | { kind: 'int8' }
  /** The mean and `components` principal components: one number per component and row. */
  | { kind: 'pca'; components: number };

const MAX_COMPONENTS = 4_096;

const schema = z.union([
  z.literal('int8').transform((): Quantization => ({ kind: 'int8' })),
  z
    .string()
    .regex(/^pca:[1-9]\d{0,3}$/)
    .transform((text) => Number(text.slice(4)))
    .pipe(z.number().max(MAX_COMPONENTS))
    .transform((components): Quantization => ({ kind: 'pca', components })),
]);

/**
 * Reads `int8` or `pca:N`, N from 1 to 4,096.
 * @throws RouteProfileError BAD_OPTION for anything else
 */
export function parseQuantization(text: string): Quantization {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new RouteProfileError('BAD_OPTION', `quantize: there is no compression called '${text}'`, {
    hint: `Give int8, or pca:N with N from 1 to ${MAX_COMPONENTS}.`,
  });
}

/** `int8` or `pca:N`: what `parseQuantization` reads. */
export const formatQuantization = (quantization: Quantization): string =>
  quantization.kind === 'int8' ? 'int8' : `pca:${quantization.components}`;
