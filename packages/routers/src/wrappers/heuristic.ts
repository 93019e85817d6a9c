import { defineWrapper, parsePart, throwIfAborted, z, type Router } from '@routeprofile/schema';
import { fitEstimates } from '../estimates/estimates.js';
import { assertLearnedOf } from './learned.js';
import { assertKnown, cheapestModel } from './standing.js';
import { entryOf, promoted, wrapDecisions } from './wrapped.js';

const NAME = 'heuristic';
const options = z.strictObject({
  /** Default: the cheapest by expected cost on training rows. */
  cheap: z.string().min(1).optional(),
  /** Longer queries are not simple. Default 160. */
  maxCharacters: z.number().int().min(1).default(160),
});
export type HeuristicOptions = z.infer<typeof options>;

/** Signs of code: a fence, a statement's end, a call without a blank, a tag, an arrow, and keywords in the shape of a statement. */
const CODE =
  /```|[;{}]\s*$|\w\(\w*\)|<\/?\w+>|=>|\b(?:const|let|var)\s+\w+\s*=|\b(?:def|function)\s+\w+\s*\(|\bclass\s+\w+\s*[:{(]|\bSELECT\b.+\bFROM\b/;

/** One line of at most `maxCharacters` characters without a sign of code. */
export const looksSimple = (text: string, maxCharacters: number): boolean =>
  text.length <= maxCharacters && !text.trim().includes('\n') && !CODE.test(text);

/**
 * Queries that look simple (one line of at most `maxCharacters`, without a sign of code) go to the cheap model, all others where the
 * router sends them. A baseline of ours for what learned rules have to beat.
 */
export function withHeuristic(
  router: Router,
  { cheap, maxCharacters }: { cheap: string; maxCharacters: number },
): Router {
  assertKnown(NAME, router.models, [cheap]);
  return wrapDecisions(
    router,
    ({ texts }) =>
      (decision, q) =>
        looksSimple(texts[q]!, maxCharacters) && entryOf(decision, cheap)
          ? promoted(decision, cheap, NAME, `one short line without code: ${cheap} is enough`)
          : decision,
    { sameScores: false },
  );
}

const state = z.object({ cheap: z.string() });

/** `withHeuristic` with the cheapest model. */
export const heuristicWrapper = defineWrapper<HeuristicOptions>({
  name: NAME,
  summary: 'a cheap model for one short line without code',
  options,
  async fit({ input }, { cheap }, ctx) {
    throwIfAborted(ctx);
    const found = cheap ?? cheapestModel(NAME, input, fitEstimates(input, {}, ctx).outOfFoldCost);
    assertKnown(NAME, input.models, [found]);
    return { state: { cheap: found }, weights: {} };
  },
  wrap(router, learned, { maxCharacters }) {
    const { cheap } = parsePart(NAME, 'state', state, learned.state);
    assertLearnedOf(NAME, [cheap], router);
    return withHeuristic(router, { cheap, maxCharacters });
  },
});
