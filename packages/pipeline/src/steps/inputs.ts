import { loadDataset } from '@routeprofile/data';
import type { Dataset, Encoder, RunConfig, RunContext } from '@routeprofile/schema';
import { openBackend } from '../backend.js';
import { defaultCacheFolder } from '../cache-folder.js';
import { loadOptions } from '../config/load-options.js';
import { openEncoder, readingEncoder } from '../encoders/prepare.js';
import { byPerson, type GivenEncoder } from '../plugins/trust.js';

/** What a step is given beside its config; its seed is the config's first. */
export type StepContext = Omit<RunContext, 'seed'>;

/** The encoder that a person names for a saved file, by `--encoder` or in a config file. */
export const givenEncoder = (named: string | GivenEncoder | undefined): GivenEncoder =>
  typeof named === 'string' ? { flag: named } : (named ?? {});

/** The training part of the config's dataset; its warnings go to the logger. */
export const trainingData = (config: RunConfig, ctx: RunContext): Promise<Dataset> =>
  loadDataset(config.data, {
    ...loadOptions(config),
    testRows: false,
    ...(ctx.signal && { signal: ctx.signal }),
    ...(ctx.logger && { logger: ctx.logger }),
  });

/** The config's encoder, as the dataset's texts are read by it. Dispose of it when done. */
export async function configuredEncoder(
  config: RunConfig,
  dataset: Pick<Dataset, 'sharedPrefixes'>,
  ctx: RunContext,
): Promise<Encoder> {
  if (config.backend !== undefined) await openBackend(config.backend);
  const cache = config.cache ?? defaultCacheFolder();
  return readingEncoder(await openEncoder(byPerson(config.encoder), { cache }, ctx), dataset);
}
