/**
 * tanh by Lambert's continued fraction, cut after the seventh term: off by less than 10⁻⁴, and of the same bits in every engine, which
 * `Math.tanh` need not be.
 */
export function squash(x: number): number {
  if (x > 4.97) return 1;
  if (x < -4.97) return -1;
  const y = x * x;
  return (x * (135_135 + y * (17_325 + y * (378 + y)))) / (135_135 + y * (62_370 + y * (3_150 + 28 * y)));
}
