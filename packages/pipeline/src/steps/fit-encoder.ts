import { basename, resolve } from 'node:path';
import { readPrompts } from '@routeprofile/collect';
import { writeFileAtomic } from '@routeprofile/data';
import { fitStatic } from '@routeprofile/encoder-static/fit';
import { loadStatic, packStaticFile, readStaticFile, staticFiles, staticId } from '@routeprofile/encoder-static/node';
import { queryText, RouteProfileError, stripPrefix, type RunContext } from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { openEncoder } from '../encoders/prepare.js';
import { byPerson } from '../plugins/trust.js';
import { trainingData, type StepContext } from './inputs.js';

/** Which texts an encoder is to be taught, and where it goes. */
export interface FitEncoderRequest {
  /** A file of texts without labels, as `collect` takes prompts: one per line, or JSON lines with `query`. */
  prompts?: string | undefined;
  /** The file to write, such as `my-domain.safetensors`. */
  out: string;
}

/** An encoder that was taught the texts of a domain. */
export interface FittedEncoder {
  /** What `--encoder` takes: `static:FILE`, or `static` where nothing was to be gained. */
  encoder: string;
  /** Its id, as saved routers name it: with the checksum of the file. */
  id: string;
  /** The file; null where nothing was to be gained, and nothing was written. */
  out: string | null;
  /** Distinct texts; a tenth of them was held out. */
  texts: number;
  heldOut: number;
  /** Mean cosine to the teacher on the texts held out: of `static`, and of the new vectors. */
  before: number;
  after: number;
}

const TEACHER = 'use-lite';

/**
 * Teaches `static` a domain: from the vectors that come with the package towards those of `use-lite` on these texts, which need no labels. The texts are the
 * training queries of `config.data`, as the encoder of a run reads them, those of `prompts`, or both; test rows are never read.
 * @throws RouteProfileError BAD_OPTION without either, NO_TRAINING_DATA for fewer than 50 distinct texts, for bad input, ABORTED
 */
export async function fitEncoder(
  given: PartialConfig,
  { prompts, out }: FitEncoderRequest,
  context: StepContext = {},
): Promise<FittedEncoder> {
  if (given.data === undefined && prompts === undefined)
    throw new RouteProfileError('BAD_OPTION', 'encoder fit: there are no texts to learn from', {
      hint: 'Name a dataset folder (--data DIR), a file of texts (--prompts FILE), or both.',
    });
  const ctx: RunContext = { ...context, seed: completeConfig({ ...given, data: given.data ?? '.' }).seed[0]! };
  const texts = await domainTexts(given, prompts, ctx);
  const start = await loadStatic(staticFiles());
  const teacher = await openEncoder(byPerson(TEACHER), { cache: given.cache ?? defaultCacheFolder() }, ctx);
  const fitted = await (async () => {
    try {
      const targets = await teacher.encode(texts, ctx);
      const tokens = texts.map((text) => start.tokenizer.encode(text));
      return await fitStatic({ start: start.file, texts: tokens, targets }, ctx);
    } finally {
      await teacher.dispose?.();
    }
  })();
  const { heldOut, before, after, epoch, vectors } = fitted;
  const figures = { texts: texts.length, heldOut, before, after };
  if (epoch === 0) return { encoder: 'static', id: staticId(start.file, 'static'), out: null, ...figures };

  const notes = {
    teacher: teacher.id,
    license: 'Apache-2.0',
    made_by: 'routeprofile encoder fit',
    seed: String(ctx.seed),
  };
  const bytes = packStaticFile(vectors, { ...notes, started_from: start.file.checksum, texts: String(texts.length) });
  await writeFileAtomic(resolve(out), bytes);
  return { encoder: `static:${out}`, id: staticId(readStaticFile(bytes, out), basename(out)), out, ...figures };
}

/** Distinct texts, in the order of the dataset and the file. */
async function domainTexts(given: PartialConfig, prompts: string | undefined, ctx: RunContext): Promise<string[]> {
  const found = new Set<string>();
  if (given.data !== undefined) {
    const { train, sharedPrefixes = [] } = await trainingData(completeConfig(given), ctx);
    for (const { text } of train.queries) found.add(stripPrefix(text, sharedPrefixes));
  }
  if (prompts !== undefined) for (const { query } of await readPrompts(prompts, ctx)) found.add(queryText(query) ?? '');
  return [...found].filter((text) => text.trim() !== '');
}
