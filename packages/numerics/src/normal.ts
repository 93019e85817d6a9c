/** Ratio of two polynomials, coefficients from the constant on. */
const ratio = (above: readonly number[], below: readonly number[], x: number): number =>
  above.reduceRight((sum, each) => sum * x + each, 0) / below.reduceRight((sum, each) => sum * x + each, 0);

const CENTRE = [3.3871327179, 50.434271938, 159.29113202, 59.10937472];
const BELOW_CENTRE = [1, 17.895169469, 78.757757664, 67.1875636];
const MIDDLE = [1.4234372777, 2.75681539, 1.3067284816, 0.17023821103];
const BELOW_MIDDLE = [1, 0.7370016425, 0.12021132975];
const TAIL = [6.657905115, 3.081222693, 0.42868294337, 0.017337203997];
const BELOW_TAIL = [1, 0.24197894225, 0.012258202635];

/**
 * The quantile of the standard normal distribution, to about 1e-7 of itself (Wichura 1988, algorithm AS 241, PPND7).
 * @param chance strictly between 0 and 1; 0 and 1 give −Infinity and Infinity
 */
export function normalQuantile(chance: number): number {
  const off = chance - 0.5;
  if (Math.abs(off) <= 0.425) return off * ratio(CENTRE, BELOW_CENTRE, 0.180625 - off * off);
  const tail = Math.min(chance, 1 - chance);
  if (tail <= 0) return off < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const size = r <= 5 ? ratio(MIDDLE, BELOW_MIDDLE, r - 1.6) : ratio(TAIL, BELOW_TAIL, r - 5);
  return off < 0 ? -size : size;
}
