export { type ConfigFile, defineConfig, type RunConfigInput } from '@routeprofile/schema';
export { buildProgram, runProgram } from './program.js';
export { main } from './main.js';
export type { Io } from './io.js';
