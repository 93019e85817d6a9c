import type { Encoder } from './encoder.js';

/** The text after the first of the prefixes it begins with; the whole text when nothing would be left. */
export function stripPrefix(text: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((candidate) => text.startsWith(candidate));
  const rest = prefix === undefined ? text : text.slice(prefix.length);
  return rest.trim() === '' ? text : rest;
}

/**
 * An encoder that reads texts without long beginnings that many of them share, such as few-shot examples: the vector is then of
 * the question. Its id stays that of the encoder inside, whose vectors it gives.
 * @param prefixes longest first
 */
export function withoutPrefixes(encoder: Encoder, prefixes: readonly string[]): Encoder {
  if (prefixes.length === 0) return encoder;
  const stripped = (texts: readonly string[]) => texts.map((text) => stripPrefix(text, prefixes));
  return {
    specVersion: 1,
    id: encoder.id,
    get dimensions() {
      return encoder.dimensions;
    },
    encode: (texts, ctx) => encoder.encode(stripped(texts), ctx),
    ...(encoder.unseen && { unseen: (texts, ctx) => encoder.unseen!(stripped(texts), ctx) }),
    ...(encoder.dispose && { dispose: () => encoder.dispose!() }),
  };
}
