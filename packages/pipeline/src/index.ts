import type { Plugin, RunContext } from '@routeprofile/schema';
import { completeConfig, type PartialConfig } from './config/config-file.js';
import { importPlugin as importTrusted } from './plugins/plugins.js';
import { byPerson } from './plugins/trust.js';
import { run as runConfig, type RunResult } from './run/run.js';

/**
 * The default export of a plugin package or file; TypeScript files work too. Its code runs: never pass a name from a file that
 * somebody else made.
 * @param name package name or path, relative to `from` (default: the working directory)
 * @throws RouteProfileError MISSING_FILE, UNKNOWN_NAME or PLUGIN_FAILED.
 */
export const importPlugin = (name: string, from?: string): Promise<Plugin> => importTrusted(byPerson(name), from);

/**
 * The pipeline as a function: the same options as `routeprofile run` and the config file, the same files, no printing.
 * @throws RouteProfileError BAD_OPTION for a wrong config; see `RunContext` for progress and stopping
 */
export const run = (config: PartialConfig, ctx: Omit<RunContext, 'seed'> = {}): Promise<RunResult> =>
  runConfig(completeConfig(config), ctx);

export { completeConfig, loadConfigFile, type PartialConfig } from './config/config-file.js';
export { loadOptions } from './config/load-options.js';
export { mustNameOf, type RunResult, type SavedRouter } from './run/run.js';
export { runScenarios, type ScenarioResult } from './run/scenarios.js';
export { openRouter, type OpenRouter, type OpenRouterOptions, type RouteOptions } from './router/open-router.js';
export { lineBatches, readQuery } from './router/route-queries.js';
export { extendedWiring, wired, wiringOf } from './router/wiring.js';
export { installedPlugins, type InstalledPlugin } from './plugins/installed-plugins.js';
export { byPerson, encoderReference, referenceByPerson } from './plugins/trust.js';
export {
  isBuiltInRouter,
  pluginReference,
  resolveProfile,
  routerOf,
  savedProfile,
  savedRouter,
} from './plugins/plugins.js';
export {
  addBlindSpots,
  blindSpotOddities,
  blindSpotWarnings,
  findBlindSpots,
  type BlindSpots,
} from './encoders/blind-spots.js';
export { graphPreset, heteroGraph, openEncoder, openSavedEncoder, readingEncoder } from './encoders/prepare.js';
export { assertLearnable } from './cells/learnable.js';
export { encodeTraining, profileInput, routerInput } from './cells/router-input.js';
export { fileStore } from './cells/file-store.js';
export { evaluateSaved } from './steps/evaluate.js';
export { openBackend } from './backend.js';
export { BUILT_IN_KINDS, builtIns, namesOf, runDefaults, type BuiltIn, type BuiltInKind } from './built-ins.js';
export { defaultCacheFolder } from './cache-folder.js';
export { fileLabel, nameOf, strategyLabels } from './labels.js';
export { packageVersions } from './versions.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Plugin, RunContext } from '@routeprofile/schema';
