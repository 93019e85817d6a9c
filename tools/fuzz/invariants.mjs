// What a parser may give back: nothing that is not finite unless NaN stands for "not measured", and shapes that hold.

/** The path of the first number that is not finite, anywhere in a value; NaN may be allowed as "not measured". */
export function notFinite(value, { nan = false } = {}, path = 'value', seen = new Set()) {
  if (typeof value === 'number')
    return Number.isFinite(value) || (nan && Number.isNaN(value)) ? null : `${path} is ${value}`;
  if (typeof value !== 'object' || value === null || seen.has(value)) return null;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    if (value instanceof DataView) return null;
    for (let i = 0; i < value.length; i++) {
      const bad = typeof value[i] === 'number' && !Number.isFinite(value[i]) && !(nan && Number.isNaN(value[i]));
      if (bad) return `${path}[${i}] is ${value[i]}`;
    }
    return null;
  }
  const entries = value instanceof Map ? value : value instanceof Set ? [...value].entries() : Object.entries(value);
  for (const [key, item] of entries) {
    const bad = notFinite(item, { nan }, `${path}.${String(key)}`, seen);
    if (bad) return bad;
  }
  return null;
}

/** The same as a check: every number has to be finite. */
export const allFinite = (value) => notFinite(value);

/** What is wrong with an array of a given shape, or null. */
export function wrongShape({ shape, data }, path) {
  const size = shape.reduce((product, n) => product * n, 1);
  return size === data.length ? null : `${path}: shape ${shape.join('×')} holds ${data.length} numbers`;
}

/** The first of several findings that is not null. */
export const firstOf = (...findings) => findings.find((finding) => finding !== null && finding !== undefined) ?? null;
