/** Activations are whole numbers of at most this size: 12 bits and a sign. */
export const ACTIVATION_LIMIT = 4095;

const LARGEST_INT16 = 2 ** 15 - 1;
const LARGEST_INT32 = 2 ** 31 - 1;
/** Of the float32 numbers that have all their digits. */
const SMALLEST = 2 ** -126;

/** Weights [inputs, outputs] as whole numbers: weight ≈ integer · its column's scale. */
export interface QuantizedWeights {
  /**
   * In panels of eight columns: per two rows, the eight pairs of numbers that stand below each other, which is the order in
   * which `multiplyQuantized` of `@routeprofile/tensor` reads them.
   */
  panels: Int16Array;
  /** One per column, above 0. */
  scales: Float32Array;
}

/**
 * Rounds each column to 16-bit integers. No sum of products with activations of at most A = `ACTIVATION_LIMIT` can leave 32
 * bits, in whatever order it is taken: a column w of scale t has integers of at most |w| / t + ½ each, so that the sizes of
 * its products sum to at most A · (Σ|w| / t + inputs / 2), which the choice of t keeps below 2³¹.
 * @param inputs an even number, 1,048,576 at most
 * @param outputs a multiple of 8
 */
export function quantizeWeights(weights: Float32Array, inputs: number, outputs: number): QuantizedWeights {
  const scales = columnScales(weights, inputs, outputs);
  const panels = new Int16Array(inputs * outputs);
  for (let row = 0; row < inputs; row++)
    for (let column = 0; column < outputs; column++) {
      const [inRow, inColumn] = [row % 2, column % 8];
      panels[(column - inColumn) * inputs + (row - inRow) * 8 + inColumn * 2 + inRow] = Math.round(
        weights[row * outputs + column]! / scales[column]!,
      );
    }
  return { panels, scales };
}

function columnScales(weights: Float32Array, inputs: number, outputs: number): Float32Array {
  const [largest, sums] = [new Float64Array(outputs), new Float64Array(outputs)];
  for (let row = 0; row < inputs; row++)
    for (let column = 0; column < outputs; column++) {
      const size = Math.abs(weights[row * outputs + column]!);
      if (size > largest[column]!) largest[column] = size;
      sums[column]! += size;
    }
  const room = LARGEST_INT32 / ACTIVATION_LIMIT - inputs / 2;
  // Rounded to float32 a scale may become smaller, by less than what the factor adds.
  return Float32Array.from(
    largest,
    (most, column) => Math.max(most / LARGEST_INT16, sums[column]! / room, SMALLEST) * (1 + 2 ** -22),
  );
}
