import { float32Of, RouteProfileError } from '@routeprofile/schema';

/** A vector as records hold it. */
export { float32Text as vectorText } from '@routeprofile/schema';

const BYTES = 4;

/**
 * A vector as records hold it: what `vectorText` wrote.
 * @throws RouteProfileError BAD_INPUT for anything else, also for numbers that are not finite
 */
export function vectorOf(text: string): Float32Array {
  const vector = float32Of(decoded(text));
  if (vector.every(Number.isFinite)) return vector;
  throw noVector('holds a number that is not finite');
}

function decoded(text: string): string {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    throw noVector('is not base64');
  }
  if (bytes.length % BYTES === 0) return bytes;
  throw noVector(`has ${bytes.length} bytes, which is not a multiple of ${BYTES}`);
}

const noVector = (why: string) =>
  new RouteProfileError('BAD_INPUT', `the vector of a record ${why}`, {
    hint: 'Vectors are float32 numbers, little-endian, in base64, as the gateway writes them.',
  });
