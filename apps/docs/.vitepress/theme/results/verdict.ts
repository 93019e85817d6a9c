/** Whether an interval lies above 0, below it, or holds it. */
export type Verdict = 'above' | 'below' | 'open';

export const verdictOf = (low: number, high: number): Verdict => (low > 0 ? 'above' : high < 0 ? 'below' : 'open');
