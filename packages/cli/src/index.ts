import { run as runPipeline, type RunResult } from './pipeline/run.js';
import { completeConfig, type PartialConfig } from './config-file.js';
import type { Plugin, RunContext } from '@routeprofile/schema';
import { importPlugin as importTrusted } from './plugins.js';
import { byPerson } from './trust.js';

export { defineConfig, type RunConfigInput } from '@routeprofile/schema';
export type { RunResult } from './pipeline/run.js';
export { loadConfigFile, type PartialConfig } from './config-file.js';
export { openRouter, type OpenRouter, type OpenRouterOptions, type RouteOptions } from './open-router.js';
export { installedPlugins, type InstalledPlugin } from './installed-plugins.js';
export { buildProgram, runProgram } from './program.js';
export { main } from './main.js';
export type { Io } from './io.js';

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
  runPipeline(completeConfig(config), ctx);
export { BUILT_IN_KINDS, builtIns, type BuiltIn, type BuiltInKind } from './catalogue.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Plugin, RunContext } from '@routeprofile/schema';
