import { messageOf, type Candidate, type Logger } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { KeyConfig } from '../config/config.js';
import type { StateStore } from '../contracts/store.js';
import { windowEnds } from '../store/window.js';
import { byteLength } from '../wire/format.js';
import type { ReadRequest } from '../wire/read-request.js';
import { Refused } from './refused.js';

/** Tokens of an answer for whose length neither client nor candidate sets a limit. */
const LONGEST_ANSWER = 32_768;
/** A reservation outlives every request; it counts in full where the gateway ended before its request did. */
const HELD_MS = 3_600_000;
const PER_MILLION = 1e6;
/** Dollars; no budget is as large. */
const MORE_THAN_ANY = 2e6;

/** Dollars that a call costs at most, for which its budget must have room; 0 where the candidate has no price. No common tokenizer makes more tokens than there are bytes. */
export function boundOf(
  { price, limits, params }: Candidate,
  { text, body, format, asked: said }: ReadRequest,
): number {
  if (!price) return 0;
  // Its settings take the place of what the client says.
  const asked = params ? format.asked({ ...body, ...params }) : said;
  const input = Math.max(price.input, price.cachedInput ?? 0, price.cacheWrite ?? 0);
  const output = (asked.maxOutput ?? limits?.maxOutputTokens ?? LONGEST_ANSWER) * asked.choices;
  return Math.min(MORE_THAN_ANY, (byteLength(text) * input + output * price.output) / PER_MILLION);
}

/** Money held back for one attempt. */
export interface Hold {
  /** Never throws: what cannot be settled counts in full. */
  settle(dollars: number): Promise<void>;
}

const NOTHING: Hold = { settle: async () => {} };

/** The budget of whoever sends a request. */
export interface Spending {
  /** @returns undefined when it does not fit @throws Refused 503 when nobody can tell */
  hold(candidate: Candidate, read: ReadRequest): Promise<Hold | undefined>;
  /** Undefined where everything fits. */
  readonly budget: KeyConfig['budget'];
  /** Milliseconds until there is a new budget. */
  renewsInMs(): number;
}

/** @param key without a budget, or none: everything fits */
export function spendingOf(
  key: KeyConfig | undefined,
  store: StateStore,
  clock: Clock,
  logger: Logger | undefined,
): Spending {
  const { budget, id } = key ?? {};
  if (budget === undefined || id === undefined)
    return { hold: async () => NOTHING, budget: undefined, renewsInMs: () => 0 };
  const limit = { amount: budget.dollars, per: budget.per };
  return {
    budget,
    renewsInMs: () => windowEnds(budget.per, clock.now()),
    async hold(candidate, read) {
      let reservation: { id: string } | null;
      try {
        reservation = await store.reserve(`key ${id}`, boundOf(candidate, read), limit, HELD_MS);
      } catch (error) {
        logger?.warn(`budgets cannot be kept: ${messageOf(error)}`);
        throw new Refused(503, 'store_unavailable', 'The gateway cannot tell what may be spent. Try again later.');
      }
      if (reservation === null) return undefined;
      const held = reservation.id;
      return {
        async settle(dollars) {
          await store
            .settle(held, dollars)
            .catch((error: unknown) => logger?.warn(`what ${id} spent cannot be kept: ${messageOf(error)}`));
        },
      };
    },
  };
}
