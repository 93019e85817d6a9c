import { hashBytes, normalizeText, type Oddity } from '@routeprofile/data';
import { DEFAULT_ENCODER, rowOf, type Encoder, type RunContext } from '@routeprofile/schema';

/** What an encoder cannot tell of some queries. Distinct queries differ in more than case and spacing. */
export interface BlindSpots {
  /** The encoder's id. */
  encoder: string;
  /** Distinct queries. */
  texts: number;
  /** Those of which more than half the characters are unseen by the encoder; none when it does not say. */
  unseen: Tally;
  /** Those whose vector is another's too, as far as was looked. */
  equal: Tally;
}

/** How many queries, and the first of them. */
export interface Tally {
  count: number;
  examples: readonly string[];
}

const EXAMPLES = 5;
const tally = (texts: readonly string[]): Tally => ({ count: texts.length, examples: texts.slice(0, EXAMPLES) });
const sum = (a: Tally, b: Tally): Tally => ({
  count: a.count + b.count,
  examples: [...a.examples, ...b.examples].slice(0, EXAMPLES),
});

/** The blind spots of two lots of queries. */
export const addBlindSpots = (a: BlindSpots | null, b: BlindSpots | null): BlindSpots | null =>
  a && b
    ? { encoder: b.encoder, texts: a.texts + b.texts, unseen: sum(a.unseen, b.unseen), equal: sum(a.equal, b.equal) }
    : (a ?? b);

/** A query of which more than this share is unseen counts as mostly unseen. */
const MOSTLY = 0.5;

/**
 * @param compare whose vectors are compared: of all queries, or only of those mostly unseen, where encoding all is too much
 * @throws RouteProfileError as the encoder does
 */
export async function findBlindSpots(
  encoder: Encoder,
  queries: readonly string[],
  compare: 'all' | 'unseen',
  ctx: RunContext,
): Promise<BlindSpots> {
  const distinct = new Map<string, string>();
  for (const query of queries) {
    const key = normalizeText(query);
    if (!distinct.has(key)) distinct.set(key, query);
  }
  const texts = [...distinct.values()];
  const shares = await encoder.unseen?.(texts, ctx);
  const unseen = shares ? texts.filter((_, i) => shares[i]! > MOSTLY) : [];
  const equal = await withEqualVectors(encoder, compare === 'all' ? texts : unseen, ctx);
  return { encoder: encoder.id, texts: texts.length, unseen: tally(unseen), equal: tally(equal) };
}

async function withEqualVectors(encoder: Encoder, texts: readonly string[], ctx: RunContext): Promise<string[]> {
  if (texts.length < 2) return [];
  const vectors = await encoder.encode(texts, ctx);
  const keys = texts.map((_, i) => {
    const { buffer, byteOffset, byteLength } = rowOf(vectors, i);
    return hashBytes(new Uint8Array(buffer, byteOffset, byteLength));
  });
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return texts.filter((_, i) => counts.get(keys[i]!)! > 1);
}

const counted = (some: number, all: number): string =>
  all === 1
    ? 'the query'
    : `${some.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} distinct queries (${((100 * some) / all).toFixed(some * 200 < all ? 1 : 0)} %)`;

const MULTILINGUAL = ['openai:MODEL', 'transformers:MODEL'];

const others = (id: string): string =>
  (id.startsWith(`${DEFAULT_ENCODER}@`) ? MULTILINGUAL : [DEFAULT_ENCODER, ...MULTILINGUAL]).join(' or ');

/** The blind spots as the oddities that `data check` lists. */
export function blindSpotOddities({ encoder, texts, unseen, equal }: BlindSpots): Oddity[] {
  const of = (kind: string, { count, examples }: Tally, message: string): Oddity[] =>
    count === 0
      ? []
      : [{ kind, message: `${counted(count, texts)} ${message}`, count, examples: examples.map(shortened) }];
  return [
    ...of(
      'unseen-by-encoder',
      unseen,
      `${unseen.count === 1 ? 'is' : 'are'} mostly unknown to the encoder ${encoder}: over half of ${unseen.count === 1 ? 'its' : 'their'} characters are in words that are not in ` +
        `the vocabulary. The encoder compares such texts by their characters at best, not by meaning; for meaning, run with a multilingual ` +
        `encoder: --encoder ${MULTILINGUAL.join(' or ')}`,
    ),
    ...of(
      'equal-vectors',
      equal,
      `have the same vector as another query (encoder ${encoder}), so no router can tell them apart; run with another encoder: ` +
        `--encoder ${others(encoder)}`,
    ),
  ];
}

const shortened = (text: string): string => {
  const line = [...text.replace(/\s+/g, ' ').trim()];
  return line.length <= 60 ? line.join('') : `${line.slice(0, 59).join('')}…`;
};

/** The same as sentences, for reports and the terminal. */
export const blindSpotWarnings = (spots: BlindSpots): string[] =>
  blindSpotOddities(spots).map(({ message }) => `${message[0]!.toUpperCase()}${message.slice(1)}.`);
