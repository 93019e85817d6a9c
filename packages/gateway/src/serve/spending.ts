import { messageOf, type Candidate, type Logger } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { StateStore } from '../contracts/store.js';
import type { Budget } from '../money/budgets.js';
import type { Demand } from '../money/pacer.js';
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

/**
 * Tokens of a picture at most. Servers count one by its size, which nobody here looks at, and few bytes can hold a large one. The most that
 * we know of is 48,169: gpt-4o-mini in high detail, with 2,833 and 5,667 for each of up to 8 tiles.
 */
const LARGEST_PICTURE = 50_000;
/** Tokens that a candidate reads at once, where it does not say: more than most. */
const LONGEST_PROMPT = 1_048_576;

/** Tokens at most of what a candidate reads beside the bytes of the request. */
function unseenTokens({ limits }: Candidate, { pictures, unseen }: ReadRequest): number {
  const longest = limits?.contextTokens ?? LONGEST_PROMPT;
  return unseen ? longest : Math.min(longest, pictures * LARGEST_PICTURE);
}

/**
 * Dollars that a call costs at most, for which its budget must have room; 0 where the candidate has no price. No common tokenizer makes more
 * tokens than there are bytes. What a server's own tools read, such as pages of the web, is known to nobody before.
 */
function boundOf(candidate: Candidate, read: ReadRequest): number {
  const { price, limits, params } = candidate;
  const { text, body, format, asked: said } = read;
  if (!price) return 0;
  // Its settings take the place of what the client says.
  const asked = params ? format.asked({ ...body, ...params }) : said;
  const dearest = Math.max(price.input, price.cachedInput ?? 0, price.cacheWrite ?? 0);
  const input = byteLength(text) + unseenTokens(candidate, read);
  const output = (asked.maxOutput ?? limits?.maxOutputTokens ?? LONGEST_ANSWER) * asked.choices;
  return Math.min(MORE_THAN_ANY, (input * dearest + output * price.output) / PER_MILLION);
}

/** Money held back for one attempt. */
export interface Hold {
  /** Never throws: what cannot be settled counts in full. */
  settle(dollars: number): Promise<void>;
}

/** A budget that has too little for an attempt. */
export interface Lacking {
  lacking: Budget;
  /** Dollars that the attempt can cost. */
  needs: number;
  /** As of `ReadRequest`. */
  unseen: boolean;
}

/** The budgets of a request. */
export interface Spending {
  /** Holds money back in each of them, or in none. @throws Refused 503 when nobody can tell */
  hold(candidate: Candidate, read: ReadRequest): Promise<Hold | Lacking>;
  /** The request has ended, having called somebody. @param cost dollars of all attempts @param demand see `Pacer` */
  ended(cost: number, demand?: Demand): Promise<void>;
  /** Milliseconds until a budget is whole again. */
  renewsInMs(budget: Budget): number;
}

/** @returns undefined where there is no budget: then everything fits */
export function spendingOf(
  budgets: readonly Budget[],
  store: Pick<StateStore, 'reserve' | 'settle'>,
  clock: Clock,
  logger: Logger | undefined,
): Spending | undefined {
  if (budgets.length === 0) return undefined;
  const settle = async ({ scope, pacer }: Budget, id: string, held: number, dollars: number) => {
    pacer?.held(-held);
    await store
      .settle(id, dollars)
      .catch((error: unknown) => logger?.warn(`what ${scope} spent cannot be kept: ${messageOf(error)}`));
  };
  return {
    renewsInMs: ({ limit }) => windowEnds(limit.per, clock.now()),
    async hold(candidate, read) {
      const needs = boundOf(candidate, read);
      const asked = await Promise.allSettled(
        budgets.map(({ scope, limit }) => store.reserve(scope, needs, limit, HELD_MS)),
      );
      const held: { budget: Budget; id: string }[] = [];
      let lacking: Budget | undefined;
      let failed: { reason: unknown } | undefined;
      asked.forEach((answer, i) => {
        const budget = budgets[i]!;
        if (answer.status === 'rejected') failed ??= { reason: answer.reason };
        else if (answer.value === null) lacking ??= budget;
        else {
          budget.pacer?.held(needs);
          held.push({ budget, id: answer.value.id });
        }
      });
      const settleAll = async (dollars: number) => {
        await Promise.all(held.map(({ budget, id }) => settle(budget, id, needs, dollars)));
      };
      if (failed === undefined && lacking === undefined) return { settle: settleAll };
      await settleAll(0);
      if (failed === undefined) return { lacking: lacking!, needs, unseen: read.unseen };
      logger?.warn(`budgets cannot be kept: ${messageOf(failed.reason)}`);
      throw new Refused(503, 'store_unavailable', 'The gateway cannot tell what may be spent. Try again later.');
    },
    async ended(cost, demand) {
      for (const { scope, pacer } of budgets)
        await pacer
          ?.ended(cost, demand)
          .catch((error: unknown) => logger?.warn(`λ of ${scope} stays as it is: ${messageOf(error)}`));
    },
  };
}
