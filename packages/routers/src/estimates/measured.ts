import type { RouterInput } from '@routeprofile/schema';

/**
 * What calls cost in training, in dollars: as measured, else their tokens at the candidate's price.
 * @returns [training queries × models]; NaN where neither is known, never zero for unknown
 */
export function measuredCosts({ training, candidates, models }: RouterInput): Float64Array {
  const { outcomes } = training;
  if (!outcomes) return new Float64Array(0);
  return outcomes.cost.map((cost, k) => {
    if (!Number.isNaN(cost)) return cost;
    const price = candidates[k % models.length]?.price;
    return price ? (outcomes.inputTokens[k]! * price.input + outcomes.outputTokens[k]! * price.output) / 1e6 : NaN;
  });
}

/** Seconds that calls took in training, [training queries × models]; NaN = not measured. */
export const measuredLatencies = ({ training }: RouterInput): Float64Array =>
  training.outcomes?.latency ?? new Float64Array(0);

/** Mean of the known values of each column; NaN for a column without any. */
export function columnMeans(values: Float64Array, cols: number): Float64Array {
  const sums = new Float64Array(cols);
  const counts = new Float64Array(cols);
  values.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    sums[k % cols]! += value;
    counts[k % cols]!++;
  });
  return sums.map((sum, m) => sum / counts[m]!);
}

/** A token is about four characters of English; used only where tokens were not counted. */
export const promptTokens = (text: string): number => Math.ceil(text.length / 4);
