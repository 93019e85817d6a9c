const LARGEST_CODE = 127;

/** What a row is held as: length · (centre + scale · codes). */
export interface CodedRow {
  /** Of the codes. */
  scale: number;
  /** Of the row. */
  length: number;
}

/**
 * Writes the codes of a row's direction, as seen from a centre, each of one byte; the scale is the residual's own.
 * @param width numbers of a row, of a centre and of the codes
 */
export function residualCoder(
  width: number,
): (row: ArrayLike<number>, centre: Float32Array, codes: Int8Array) => CodedRow {
  const residual = new Float64Array(width);
  return (row, centre, codes) => {
    const length = lengthOf(row, width);
    let largest = 0;
    for (let j = 0; j < width; j++) {
      residual[j] = (length > 0 ? row[j]! / length : 0) - centre[j]!;
      largest = Math.max(largest, Math.abs(residual[j]!));
    }
    const scale = Math.fround(largest / LARGEST_CODE);
    for (let j = 0; j < width; j++)
      codes[j] = scale > 0 ? Math.max(-127, Math.min(127, Math.round(residual[j]! / scale))) : 0;
    return { scale, length };
  };
}

export function lengthOf(row: ArrayLike<number>, width: number): number {
  let square = 0;
  for (let j = 0; j < width; j++) square += row[j]! * row[j]!;
  return Math.sqrt(square);
}
