/** Where one policy costs this many times another, the axis is logarithmic. */
const LOG_FROM = 10;

export interface CostAxis {
  type: 'log' | 'linear';
  label: string;
  domain: [number, number];
  ticks: number[];
}

/** Room on both sides, and round numbers to read it by. */
export function costAxis(costs: readonly number[]): CostAxis {
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const label = 'dollars per 1,000 queries';
  if (least > 0 && most / least > LOG_FROM) {
    const domain: [number, number] = [least / 1.3, most * 1.3];
    const decades = Array.from(
      { length: 1 + Math.ceil(Math.log10(domain[1] / domain[0])) },
      (_, i) => Math.floor(Math.log10(domain[0])) + i,
    );
    const ticks = decades.flatMap((decade) => [1, 2, 5].map((digit) => digit * 10 ** decade));
    return {
      type: 'log',
      label: `${label} (logarithmic)`,
      domain,
      ticks: ticks.filter((x) => x >= domain[0] && x <= domain[1]),
    };
  }
  const top = most > 0 ? most * 1.1 : 1;
  const step = niceStep(top / 6);
  return {
    type: 'linear',
    label,
    domain: [0, top],
    ticks: Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step),
  };
}

export const costTick = (x: number): string => String(Number(x.toPrecision(3)));

/** The smallest of 1, 2, 5 times a power of ten that is at least x. */
function niceStep(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  return ([1, 2, 5].find((digit) => digit * power >= x) ?? 10) * power;
}
