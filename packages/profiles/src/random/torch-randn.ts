import { RouteProfileError } from '@routeprofile/schema';
import { twisterFromSeed } from './mersenne-twister.js';

/**
 * `torch.manual_seed(seed)`, then one `torch.randn(size)` after another on the CPU, float32, within 2e-6 of PyTorch.
 * Blocks of 16 uniforms become 16 normals by Box–Muller, cosines in the first half and sines in the second.
 */
export function torchRandn(seed: number): (size: number) => Float32Array {
  const generator = twisterFromSeed(seed >>> 0);
  const uniform = () => (generator.next() & 0xff_ffff) / 0x100_0000;

  return (size) => {
    if (size < 16)
      throw new RouteProfileError(
        'UNSUPPORTED',
        `PyTorch draws fewer than 16 normals in another way (asked for ${size})`,
        {
          hint: 'Ask for 16 dimensions or more.',
        },
      );
    const out = Float32Array.from({ length: size }, uniform);
    for (let at = 0; at + 16 <= size; at += 16) boxMuller(out, at);
    if (size % 16 !== 0) {
      // The last 16 are drawn anew, over what the blocks before left there.
      for (let i = size - 16; i < size; i++) out[i] = uniform();
      boxMuller(out, size - 16);
    }
    return out;
  };
}

function boxMuller(out: Float32Array, at: number) {
  for (let j = at; j < at + 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - out[j]!));
    const angle = 2 * Math.PI * out[j + 8]!;
    out[j] = radius * Math.cos(angle);
    out[j + 8] = radius * Math.sin(angle);
  }
}
