import type { LoadOptions } from '@routeprofile/data';
import type { RunConfig } from '@routeprofile/schema';

/** The part of a run's config that decides which rows and texts of a dataset are used. The first seed draws and splits. */
export function loadOptions(config: RunConfig): LoadOptions {
  const {
    mode,
    queryText,
    sharedPrefix,
    split,
    testSplit,
    minCoverage,
    minOutcomes,
    leakedScores,
    unreliableScores,
    test,
    newModel,
    limitTrain,
    limitTest,
  } = config;
  return {
    mode,
    queryText,
    sharedPrefix,
    split,
    testSplit,
    minCoverage,
    minOutcomes,
    leakedScores,
    unreliableScores,
    seed: config.seed[0]!,
    ...(test !== undefined && { test }),
    ...(newModel && { newModels: newModel }),
    ...(limitTrain !== undefined && { limitTrain }),
    ...(limitTest !== undefined && { limitTest }),
  };
}
