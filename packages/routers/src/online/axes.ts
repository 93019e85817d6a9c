import { createRandom } from '@routeprofile/schema';
import type { Features } from './window.js';

/**
 * A constant, and where a vector lies along random axes: inner products of vectors are kept on average, whatever the vectors (Johnson and
 * Lindenstrauss 1984; for bandits Yu et al. 2017, "CBRAP: Contextual bandits with random projection"). Vectors with no more numbers than there are
 * axes are taken as they are. Without vectors there is the constant alone.
 * @param dimensions of the vectors; null without
 * @param axes at least 0
 * @param seed equal seeds give equal axes
 */
export function randomAxes(dimensions: number | null, axes: number, seed: number): Features {
  if (dimensions === null || axes === 0) return () => Float32Array.of(1);
  if (dimensions <= axes) return (vector) => Float32Array.of(1, ...vector!);
  const random = createRandom(seed, 'online', 'axes');
  const scale = 1 / Math.sqrt(axes);
  const directions = Float64Array.from({ length: axes * dimensions }, () => scale * random.normal());
  return (vector) => {
    const out = new Float32Array(axes + 1);
    out[0] = 1;
    for (let a = 0; a < axes; a++) {
      let sum = 0;
      for (let d = 0, at = a * dimensions; d < dimensions; d++, at++) sum += directions[at]! * vector![d]!;
      out[a + 1] = sum;
    }
    return out;
  };
}
