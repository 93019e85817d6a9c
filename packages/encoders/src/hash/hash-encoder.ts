import {
  createMatrix,
  nextTurn,
  normalizeRowsInPlace,
  parseOptions,
  rowOf,
  throwIfAborted,
  z,
  type Encoder,
} from '@routeprofile/schema';
import { addHashed, featuresIn } from './features.js';

/** The options of `hash`: `dimensions` from 8 to 65,536, default 512. */
export const hashOptionsSchema = z.strictObject({
  dimensions: z.number().int().min(8).max(65_536).default(512),
});
/** Options of `hash` as people write them: `dimensions`, default 512. */
export type HashOptions = z.input<typeof hashOptionsSchema>;

/** Changes whenever a text would get another vector. */
export const HASH_VERSION = '1';

/** Features read or hashed after which others get their turn, also within one long text: about 3 milliseconds. */
const STEPS_PER_TURN = 10_000;

/**
 * Feature hashing (Weinberger et al., arXiv 0902.2206): every feature adds ± w (1 + ln count) to one dimension, sign
 * and dimension chosen by its hash; rows have unit length. Features of the NFKC-normalised, lower-cased text: words and
 * punctuation marks (w = 1), pairs of neighbours (0.5), 3- and 4-grams of characters of each word with its edges (0.3). A text without any has the
 * vector of a feature of its own. It knows words, not meanings.
 * @throws RouteProfileError BAD_OPTION.
 */
export function createHashEncoder(options: HashOptions = {}): Encoder {
  const { dimensions } = parseOptions({ name: 'hash', options: hashOptionsSchema }, options);
  return {
    specVersion: 1,
    id: `hash@${HASH_VERSION}:dimensions=${dimensions}`,
    dimensions,
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      const out = createMatrix(texts.length, dimensions);
      let steps = 0;
      const turn = async () => {
        await nextTurn();
        throwIfAborted(ctx);
      };
      for (let i = 0; i < texts.length; i++) {
        const row = rowOf(out, i);
        const counts = new Map<string, number>();
        for (const feature of featuresIn(wordsOf(texts[i]!))) {
          counts.set(feature, (counts.get(feature) ?? 0) + 1);
          if (++steps % STEPS_PER_TURN === 0) await turn();
        }
        if (counts.size === 0) counts.set('nothing', 1);
        for (const [feature, count] of counts) {
          addHashed(feature, count, row);
          if (++steps % STEPS_PER_TURN === 0) await turn();
        }
        if ((i + 1) % 512 === 0 && i + 1 < texts.length) {
          ctx?.onProgress?.({ stage: 'encode', done: i + 1, total: texts.length, unit: 'texts' });
          await turn();
        }
      }
      return normalizeRowsInPlace(out);
    },
  };
}

/** Words and single punctuation marks. */
const WORD = /[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu;

const wordsOf = (text: string): readonly string[] => text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
