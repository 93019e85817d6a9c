import { createMatrix, RouteProfileError, rowOf, type Encoder, type RunConfig } from '@routeprofile/schema';
import type { GivenInputs } from '../cells/cell-thread.js';
import { defaultCacheFolder } from '../cache-folder.js';
import { byPerson } from '../plugins/trust.js';
import { openEncoder, readingEncoder } from './prepare.js';

/**
 * The encoder of a run whose texts were encoded elsewhere. It gives those vectors, bit for bit; for a text that is not among them, such as
 * a part of a card, it opens the config's encoder.
 */
export function givenEncoder({ dataset, texts, vectors, encoder: id }: GivenInputs, config: RunConfig): Encoder {
  const rows = new Map(texts.map((text, row) => [text, row]));
  let own: Promise<Encoder> | undefined;
  const open = async (): Promise<Encoder> => {
    const cache = config.cache ?? defaultCacheFolder();
    const options = { cache, silence: config.pluginTimeout, threads: 1 };
    const opened = await openEncoder(byPerson(config.encoder), options, { seed: config.seed[0]! });
    if (opened.id === id) return readingEncoder(opened, dataset);
    await opened.dispose?.();
    throw new RouteProfileError('ENCODER_FAILED', `the encoder here is ${opened.id}, and that of the run is ${id}`, {
      hint: 'Install the same encoder here.',
    });
  };
  return {
    specVersion: 1,
    id,
    dimensions: vectors.cols,
    async encode(wanted, ctx) {
      const missing = [...new Set(wanted)].filter((text) => !rows.has(text));
      const others = missing.length === 0 ? undefined : await (await (own ??= open())).encode(missing, ctx);
      const place = new Map(missing.map((text, row) => [text, row]));
      const out = createMatrix(wanted.length, vectors.cols);
      wanted.forEach((text, i) => {
        const row = rows.get(text);
        out.data.set(row === undefined ? rowOf(others!, place.get(text)!) : rowOf(vectors, row), i * out.cols);
      });
      return out;
    },
    async dispose() {
      await (await own)?.dispose?.();
    },
  };
}
