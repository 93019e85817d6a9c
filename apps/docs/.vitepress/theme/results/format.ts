/** Three decimals, as the paper's tables have. */
export const fixed = (x: number | null, decimals = 3): string =>
  x === null ? '–' : x.toFixed(decimals).replace('-', '−');
export const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(3)}`;
export const percent = (x: number): string => `${Math.round(x * 100)} %`;
export const range = ({ low, high }: { low: number; high: number }): string => `${signed(low)} to ${signed(high)}`;
