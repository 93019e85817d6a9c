/**
 * Cosine annealing (Loshchilov and Hutter, arXiv 1608.03983): floor + (peak - floor)(1 + cos(π t / T)) / 2,
 * from `peak` at t = 0 to `floor` at t = T. The first epoch or step is t = 0.
 */
export function cosineRate(t: number, total: number, peak: number, floor: number): number {
  return floor + ((peak - floor) * (1 + Math.cos((Math.PI * t) / total))) / 2;
}
