/** Where one policy costs this many times another, the axis is logarithmic. */
const LOG_FROM = 10;
/** Numbers on a logarithmic axis at most; beyond that only every second, third, … decade has one. */
const MOST_TICKS = 30;
/** Leaves room for margins on both sides of any cost, without leaving the numbers there are. */
const [LEAST, MOST] = [1e-300, 1e300];

export interface CostAxis {
  type: 'log' | 'linear';
  label: string;
  domain: [number, number];
  ticks: number[];
}

/** Room on both sides, and round numbers to read it by. @param costs finite, at least 0 */
export function costAxis(costs: readonly number[]): CostAxis {
  const least = costs.reduce((a, b) => Math.min(a, b), Infinity);
  const most = costs.reduce((a, b) => Math.max(a, b), 0);
  const label = 'dollars per 1,000 queries';
  if (least > 0 && most > LOG_FROM * least) {
    const domain: [number, number] = [Math.max(LEAST, least / 1.3), Math.min(MOST, most * 1.3)];
    const [from, to] = domain.map((x) => Math.floor(Math.log10(x))) as [number, number];
    const digits = to - from < MOST_TICKS / 3 ? [1, 2, 5] : [1];
    const every = Math.ceil((to - from + 1) / MOST_TICKS);
    const decades = Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => from + i * every);
    const ticks = decades.flatMap((decade) => digits.map((digit) => digit * 10 ** decade));
    return {
      type: 'log',
      label: `${label} (logarithmic)`,
      domain,
      ticks: ticks.filter((x) => x >= domain[0] && x <= domain[1]),
    };
  }
  const top = most > LEAST ? Math.min(MOST, most * 1.1) : 1;
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
