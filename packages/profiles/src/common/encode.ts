import { assertFinite, assertShape, type Encoder, type Matrix, type RunContext } from '@routeprofile/schema';

/**
 * One vector per text, checked.
 * @throws RouteProfileError SHAPE_MISMATCH, NOT_FINITE when the encoder breaks its contract, and whatever it throws itself.
 */
export async function encodeAll(texts: readonly string[], encoder: Encoder, ctx: RunContext): Promise<Matrix> {
  const vectors = await encoder.encode(texts, ctx);
  assertShape(vectors, texts.length, encoder.dimensions, `encoder ${encoder.id}: its answer to ${texts.length} texts`);
  assertFinite(vectors, `encoder ${encoder.id}`);
  return vectors;
}
