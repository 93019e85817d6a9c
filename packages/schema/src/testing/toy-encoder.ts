import type { Encoder } from '../encoder.js';
import { createMatrix, normalizeRows, rowOf } from '../matrix.js';
import { createRandom } from '../random.js';
import { throwIfAborted } from '../context.js';

/** Each word stands for a fixed random direction; a text is the sum of its words. Similar words, similar vectors: enough for tests. */
export function toyEncoder(dimensions = 16): Encoder {
  return {
    specVersion: 1,
    id: `toy:${dimensions}`,
    dimensions,
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      const out = createMatrix(texts.length, dimensions);
      texts.forEach((text, i) => {
        const row = rowOf(out, i);
        for (const word of ['', ...text.toLowerCase().split(/\W+/)]) {
          const random = createRandom(7, word);
          for (let d = 0; d < dimensions; d++) row[d]! += random.normal();
        }
      });
      return normalizeRows(out);
    },
  };
}
