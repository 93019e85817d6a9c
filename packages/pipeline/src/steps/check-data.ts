import { checkDataset, type DatasetCheck, type Oddity } from '@routeprofile/data';
import type { Dataset, RunConfig, RunContext } from '@routeprofile/schema';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { loadOptions } from '../config/load-options.js';
import { defaultCacheFolder } from '../cache-folder.js';
import { blindSpotOddities, findBlindSpots } from '../encoders/blind-spots.js';
import { openEncoder, readingEncoder } from '../encoders/prepare.js';
import { byPerson } from '../plugins/trust.js';
import type { StepContext } from './inputs.js';

/** What the encoder of a later run cannot tell of the queries. */
async function encoderOddities(dataset: Dataset, config: RunConfig, ctx: RunContext): Promise<Oddity[]> {
  const encoder = await openEncoder(byPerson(config.encoder), { cache: config.cache ?? defaultCacheFolder() }, ctx);
  try {
    const queries = [...dataset.train.queries, ...dataset.test.queries].map(({ text }) => text);
    return blindSpotOddities(await findBlindSpots(readingEncoder(encoder, dataset), queries, 'unseen', ctx));
  } finally {
    await encoder.dispose?.();
  }
}

/**
 * What is wrong with the config's dataset, what looks odd, also to the encoder, and what it holds.
 * @throws RouteProfileError BAD_OPTION for a wrong config, ABORTED; what is wrong with the data is in the result
 */
export function checkData(given: PartialConfig, context: StepContext = {}): Promise<DatasetCheck> {
  const config = completeConfig(given);
  const ctx: RunContext = { ...context, seed: config.seed[0]! };
  return checkDataset(config.data, { ...loadOptions(config), ...(ctx.signal && { signal: ctx.signal }) }, (dataset) =>
    encoderOddities(dataset, config, ctx),
  );
}
