import { expect, it } from 'vitest';
import { normalQuantile } from './normal.js';

it('normal quantiles are those of the tables, on both sides', () => {
  const known: [number, number][] = [
    [0.5, 0],
    [0.75, 0.6744897502],
    [0.95, 1.644853627],
    [0.975, 1.959963985],
    [0.995, 2.575829304],
    [0.9995, 3.290526731],
    [1 - 1e-6, 4.753424309],
    [1 - 1e-12, 7.034483825],
  ];
  for (const [chance, quantile] of known) {
    expect(Math.abs(normalQuantile(chance) - quantile)).toBeLessThan(1e-5);
    expect(Math.abs(normalQuantile(1 - chance) + quantile)).toBeLessThan(1e-5);
  }
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
});
