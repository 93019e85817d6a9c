const BYTES = 4;

/** Numbers as JSON holds them, every bit kept: little-endian float32 in base64. */
export function float32Text(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * BYTES));
  values.forEach((value, i) => view.setFloat32(i * BYTES, value, true));
  let bytes = '';
  for (let i = 0; i < view.byteLength; i++) bytes += String.fromCharCode(view.getUint8(i));
  return btoa(bytes);
}

/**
 * The numbers of a text that `float32Text` wrote.
 * @param bytes the text without its base64, as `atob` gives it; what is left after the last whole number is not read
 */
export function float32Of(bytes: string): Float32Array {
  const view = new DataView(Uint8Array.from(bytes, (sign) => sign.charCodeAt(0)).buffer);
  return Float32Array.from({ length: Math.floor(bytes.length / BYTES) }, (_, i) => view.getFloat32(i * BYTES, true));
}
