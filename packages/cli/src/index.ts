import { run as runPipeline, type RunResult } from './pipeline/run.js';
import { completeConfig, type PartialConfig } from './config-file.js';
import type { RunContext } from '@routeprofile/schema';

export { defineConfig, type RunConfigInput } from '@routeprofile/schema';
export type { RunResult } from './pipeline/run.js';
export { loadConfigFile, type PartialConfig } from './config-file.js';
export { openRouter, type OpenRouter, type OpenRouterOptions, type RouteOptions } from './open-router.js';
export { importPlugin, installedPlugins, type InstalledPlugin } from './plugins.js';
export { buildProgram, runProgram } from './program.js';
export { main } from './main.js';
export type { Io } from './io.js';

/**
 * The pipeline as a function: the same options as `routeprofile run` and the config file, the same files, no printing.
 * @throws RouteProfileError BAD_OPTION for a wrong config; see `RunContext` for progress and stopping
 */
export const run = (config: PartialConfig, ctx: Omit<RunContext, 'seed'> = {}): Promise<RunResult> =>
  runPipeline(completeConfig(config), ctx);

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Plugin, RunContext } from '@routeprofile/schema';
