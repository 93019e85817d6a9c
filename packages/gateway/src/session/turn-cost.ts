import { costOf, NO_USAGE } from '@routeprofile/providers';
import type { Price } from '@routeprofile/schema';

/** Tokens of the next turn of a conversation. */
export interface TurnTokens {
  /** Of all that was said before, answers included: what the provider of the last answer may have in its cache. */
  prefix: number;
  /** Of what is new in the prompt. */
  fresh: number;
  /** Of the answer. */
  output: number;
}

/** Dollars of a turn where the provider has its prefix: P_cached · prefix + P_in · fresh + P_out · output. */
export const hitCost = (price: Price, { prefix, fresh, output }: TurnTokens): number =>
  costOf({ ...NO_USAGE, cacheRead: prefix, uncachedInput: fresh, output }, price);

/** Dollars of a turn where all is new to the provider: P_write (else P_in) · (prefix + fresh) + P_out · output. */
export const missCost = (price: Price, { prefix, fresh, output }: TurnTokens): number =>
  costOf({ ...NO_USAGE, cacheWrite: prefix + fresh, output }, price);
