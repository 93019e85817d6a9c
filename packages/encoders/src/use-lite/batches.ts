/** Windows that run through the model together: indices into the list of windows. */
export type Batch = readonly number[];

/**
 * Tokens of one batch at most. Larger ones are no faster and take more memory; smaller ones keep progress, interruption and
 * the sharing of work between threads fine-grained.
 */
export const BATCH_TOKENS = 256;

/**
 * Windows in the order given, as many to a batch as fit. Nothing is padded, and a window's vector has the same bits in
 * whatever batch it was. Which windows share a batch depends on the list alone, never on threads or timing.
 */
export function planBatches(windows: readonly Int32Array[], batchTokens = BATCH_TOKENS): Batch[] {
  const batches: number[][] = [];
  let tokens = Infinity;
  windows.forEach(({ length }, i) => {
    if (tokens + length > batchTokens) {
      batches.push([]);
      tokens = 0;
    }
    batches.at(-1)!.push(i);
    tokens += length;
  });
  return batches;
}

export const countTokens = (windows: readonly Int32Array[]): number =>
  windows.reduce((total, window) => total + window.length, 0);
