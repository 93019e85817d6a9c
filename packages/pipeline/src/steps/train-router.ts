import { writeRouterArtifact } from '@routeprofile/data';
import { parseOptions, RouteProfileError, type RunContext } from '@routeprofile/schema';
import { fitRouter, routerArtifact } from '../cells/build.js';
import { assertLearnable } from '../cells/learnable.js';
import { encodeTraining } from '../cells/router-input.js';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { nameOf } from '../labels.js';
import { isBuiltInRouter, routerOf } from '../plugins/plugins.js';
import { referenceByPerson } from '../plugins/trust.js';
import type { SavedRouter } from '../run/run.js';
import { savedProfilesOf } from './saved-profiles.js';
import { configuredEncoder, trainingData, type StepContext } from './inputs.js';

/** A router that was trained and written. */
export interface TrainedRouter {
  /** Its name, wrappers included: `knn+cost`. */
  router: string;
  /** Ids of the candidates it chooses among. */
  models: string[];
  /** Where it lies, and what must be named to ask it. */
  saved: SavedRouter;
}

/**
 * The one router of the config, fitted on saved profiles and written into `config.out`.
 * @param profiles `.npz` file made by `buildProfiles`, or by `numpy.savez`
 * @throws RouteProfileError for bad input, BAD_OPTION for a config that does not name one router, NO_TRAINING_DATA
 */
export async function trainRouter(
  given: PartialConfig,
  profiles: string,
  context: StepContext = {},
): Promise<TrainedRouter> {
  const config = completeConfig(given);
  const ctx: RunContext = { ...context, seed: config.seed[0]! };
  if (config.router.length !== 1)
    throw new RouteProfileError('BAD_OPTION', 'name the one router to train with --router');
  const reference = config.router[0]!;
  const { strategy, options: raw } = await routerOf(referenceByPerson(reference));
  const options = parseOptions(strategy, raw);
  const dataset = await trainingData(config, ctx);
  assertLearnable(dataset, [{ strategy, label: nameOf(reference) }]);
  const models = dataset.candidates.map((candidate) => candidate.id);
  const set = await savedProfilesOf(profiles, models);
  const encoder = await configuredEncoder(config, dataset, ctx);
  try {
    const queries = { vectors: await encodeTraining(dataset, encoder, ctx), encoder: encoder.id };
    const { router, input } = await fitRouter(dataset, { strategy, options }, set, queries, ctx);
    await writeRouterArtifact(
      config.out,
      await routerArtifact(router, dataset, input.training, reference, set.provenance.strategy),
    );
  } finally {
    await encoder.dispose?.();
  }
  const plugin = !isBuiltInRouter(reference.name) && { plugin: reference.name };
  return { router: nameOf(reference), models, saved: { folder: config.out, encoder: config.encoder, ...plugin } };
}
