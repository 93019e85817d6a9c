import { createMatrix, RouteProfileError, rowOf, type Encoder } from '@routeprofile/schema';
import { createRecent } from '../recent.js';

/** Tells a text from all others without keeping it. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return String.fromCharCode(...new Uint16Array(digest));
}

/**
 * An encoder that remembers the vectors of the texts that it was given last, for servers: what clients ask again costs no encoding. It
 * belongs to one encoder, and is that one to whoever asks for its id; texts are kept as hashes only.
 * @param entries vectors at most. Default 10,000: 20 MB of 512 numbers each
 */
export function recentVectors(encoder: Encoder, entries = 10_000): Encoder {
  const known = createRecent<string, Float32Array>(entries);
  return {
    specVersion: 1,
    id: encoder.id,
    get dimensions() {
      return encoder.dimensions;
    },
    async encode(texts, ctx) {
      const keys = await Promise.all(texts.map(hashOf));
      const vectors = new Map(keys.map((key) => [key, known.get(key)]));
      const missing = [...vectors].flatMap(([key, vector]) => (vector ? [] : [key]));
      if (missing.length > 0) {
        const fresh = await encoder.encode(
          missing.map((key) => texts[keys.indexOf(key)]!),
          ctx,
        );
        if (fresh.rows !== missing.length || fresh.cols !== encoder.dimensions)
          throw new RouteProfileError(
            'ENCODER_FAILED',
            `encoder ${encoder.id}: gave ${fresh.rows} × ${fresh.cols} numbers for ${missing.length} texts of ${encoder.dimensions}`,
            { hint: 'Its `encode` must give one row per text.' },
          );
        for (const [row, key] of missing.entries()) {
          // A copy: a row would keep the whole batch in memory.
          const vector = rowOf(fresh, row).slice();
          vectors.set(key, vector);
          known.set(key, vector);
        }
      }
      const out = createMatrix(texts.length, encoder.dimensions);
      keys.forEach((key, i) => rowOf(out, i).set(vectors.get(key)!));
      return out;
    },
    ...(encoder.unseen && { unseen: (texts, ctx) => encoder.unseen!(texts, ctx) }),
    ...(encoder.dispose && { dispose: () => encoder.dispose!() }),
  };
}
