import { RouteProfileError } from '@routeprofile/schema';

const BYTES = 4;

/** A vector as records hold it: little-endian float32 in base64. */
export function vectorText(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * BYTES));
  vector.forEach((value, i) => view.setFloat32(i * BYTES, value, true));
  let bytes = '';
  for (let i = 0; i < view.byteLength; i++) bytes += String.fromCharCode(view.getUint8(i));
  return btoa(bytes);
}

/**
 * The vector that `vectorText` wrote.
 * @throws RouteProfileError BAD_INPUT for anything else, also for numbers that are not finite
 */
export function vectorOf(text: string): Float32Array {
  const bytes = decoded(text);
  const view = new DataView(Uint8Array.from(bytes, (sign) => sign.charCodeAt(0)).buffer);
  const vector = Float32Array.from({ length: bytes.length / BYTES }, (_, i) => view.getFloat32(i * BYTES, true));
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
