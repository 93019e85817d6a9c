import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useLiteFiles } from '../node/use-lite-files.js';
import { ACTIVATION_LIMIT, quantizeWeights } from './quantize.js';
import { readWeights } from './weights.js';

/** The largest sum of products that any activations can reach: per column, A · Σ|integer|. */
function largestSum({ panels }: { panels: Int16Array }, inputs: number, outputs: number): number {
  const sums = new Float64Array(outputs);
  for (let at = 0; at < panels.length; at++) {
    const panel = Math.floor(at / (8 * inputs));
    sums[8 * panel + Math.floor((at % 16) / 2)]! += Math.abs(panels[at]!);
  }
  return ACTIVATION_LIMIT * Math.max(...sums);
}

describe('quantizeWeights', () => {
  const shape = fc.record({
    inputs: fc.integer({ min: 1, max: 400 }).map((n) => 2 * n),
    outputs: fc.constantFrom(8, 16),
    power: fc.integer({ min: -45, max: 30 }),
    equal: fc.boolean(),
    seed: fc.nat(),
  });

  it('rounds to half a step, to 16 bits, and to sums of products that fit 32', () => {
    fc.assert(
      fc.property(shape, ({ inputs, outputs, power, equal, seed }) => {
        const random = createRandom(seed, 'weights');
        const weights = Float32Array.from(
          { length: inputs * outputs },
          () => (equal ? 1 : random.normal() ** 3) * 10 ** power,
        );
        const quantized = quantizeWeights(weights, inputs, outputs);
        expect(largestSum(quantized, inputs, outputs)).toBeLessThan(2 ** 31);
        let worst = 0;
        weights.forEach((weight, at) => {
          const [row, column] = [Math.floor(at / outputs), at % outputs];
          const step = quantized.scales[column]!;
          const place = (column - (column % 8)) * inputs + (row - (row % 2)) * 8 + (column % 8) * 2 + (row % 2);
          worst = Math.max(worst, Math.abs(weight - quantized.panels[place]! * step) / step);
        });
        expect(worst).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it('keeps zeros', () => {
    const { panels, scales } = quantizeWeights(new Float32Array(32), 4, 8);
    expect(panels.every((x) => x === 0)).toBe(true);
    expect(scales.every((x) => x > 0)).toBe(true);
  });

  it("holds for the model's own weights, of which it loses less than 1 part in 1,000", async () => {
    const { widen, layers, output } = await readWeights(useLiteFiles());
    const all = [
      widen,
      output,
      ...layers.flatMap((layer) => [layer.attention, layer.attended, layer.widen, layer.narrow]),
    ];
    for (const { weights, bias } of all) {
      const [inputs, outputs] = [weights.length / bias.length, bias.length];
      const quantized = quantizeWeights(weights, inputs, outputs);
      expect(largestSum(quantized, inputs, outputs)).toBeLessThan(2 ** 31);
      const length = Math.sqrt(weights.reduce((sum, x) => sum + x * x, 0));
      const lost = Math.sqrt((quantized.scales.reduce((sum, step) => sum + step * step, 0) * inputs) / 12);
      expect(lost / length).toBeLessThan(1e-3);
    }
  });
});
