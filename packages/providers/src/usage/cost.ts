import { RouteProfileError, type Price, type Usage } from '@routeprofile/schema';

/**
 * Dollars. Cached input costs what uncached input does where the price does not say otherwise.
 * @throws RouteProfileError BAD_INPUT for counts or prices that are missing or are not numbers
 */
export function costOf(
  { uncachedInput, cacheRead, cacheWrite, output }: Usage,
  { input, output: written, cachedInput = input, cacheWrite: kept = input }: Price,
): number {
  const dollars = (uncachedInput * input + cacheRead * cachedInput + cacheWrite * kept + output * written) / 1e6;
  if (Number.isFinite(dollars)) return dollars;
  throw new RouteProfileError(
    'BAD_INPUT',
    'the cost of a call: a count of tokens or a price is missing, or is not a number',
    {
      hint: 'A price is `{ input, output }` in dollars per million tokens; a usage is what `readUsage` gives.',
    },
  );
}
