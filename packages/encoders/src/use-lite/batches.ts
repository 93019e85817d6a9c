/** Windows that run through the model together: indices into the list of windows, all of the same length. */
export type Batch = readonly number[];

/**
 * Tokens of one batch. Larger ones are no faster on one core, and smaller ones keep progress, interruption and the
 * sharing of work between threads fine-grained.
 */
const BATCH_TOKENS = 1024;

/**
 * Groups windows of equal length, longest first, so that nothing is padded: a window's vector then has the same bits
 * in whatever batch it was. Which windows share a batch depends on the list alone, never on threads or timing.
 */
export function planBatches(windows: readonly Int32Array[], batchTokens = BATCH_TOKENS): Batch[] {
  const byLength = new Map<number, number[]>();
  windows.forEach((window, i) => {
    const group = byLength.get(window.length);
    if (group) group.push(i);
    else byLength.set(window.length, [i]);
  });
  const batches: Batch[] = [];
  for (const length of [...byLength.keys()].sort((a, b) => b - a)) {
    const group = byLength.get(length)!;
    const size = Math.max(1, Math.floor(batchTokens / length));
    for (let i = 0; i < group.length; i += size) batches.push(group.slice(i, i + size));
  }
  return batches;
}

export const countTokens = (windows: readonly Int32Array[]): number =>
  windows.reduce((total, window) => total + window.length, 0);
