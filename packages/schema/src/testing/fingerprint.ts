/** A text that changes when anything inside the value changes; typed arrays and maps included. */
export function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_, x: unknown) => {
    if (ArrayBuffer.isView(x)) return Array.from(x as Float64Array, String);
    if (x instanceof Map) return [...x.entries()];
    if (typeof x === 'number' && !Number.isFinite(x)) return String(x);
    return x;
  });
}
