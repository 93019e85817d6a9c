/** Dollars per million tokens. */
export interface Prices {
  inputPrice?: number;
  outputPrice?: number;
}

/** Dollars; undefined unless both prices are known. */
export function costOf(
  { promptTokens, completionTokens }: { promptTokens: number; completionTokens: number },
  { inputPrice, outputPrice }: Prices,
): number | undefined {
  if (inputPrice === undefined || outputPrice === undefined) return undefined;
  return (promptTokens * inputPrice + completionTokens * outputPrice) / 1e6;
}
