import type { Price, Usage } from '@routeprofile/schema';

/** Dollars. Cached input costs what uncached input does where the price does not say otherwise. */
export function costOf(
  { uncachedInput, cacheRead, cacheWrite, output }: Usage,
  { input, output: written, cachedInput = input, cacheWrite: kept = input }: Price,
): number {
  return (uncachedInput * input + cacheRead * cachedInput + cacheWrite * kept + output * written) / 1e6;
}
