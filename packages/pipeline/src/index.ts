import type { Encoder, Plugin } from '@routeprofile/schema';
import { defaultCacheFolder } from './cache-folder.js';
import { completeConfig, type PartialConfig } from './config/config-file.js';
import { openEncoder as openTrusted, openServedEncoder as openServed } from './encoders/prepare.js';
import { importPlugin as importTrusted } from './plugins/plugins.js';
import { byPerson } from './plugins/trust.js';
import { run as runConfig, type RunResult, runScenarios as runAll, type ScenarioResult } from './run/run.js';
import type { QueueOptions } from './queue/remote-cells.js';
import type { StepContext } from './steps/inputs.js';

/** What else a run may be told. */
export interface RunSettings {
  /** A Postgres through which workers on any machine compute the cells; see `work`. Default: they are computed here. */
  queue?: QueueOptions | undefined;
}

/**
 * The pipeline as a function: the same options as `routeprofile run` and the config file, the same files, no printing.
 * @param ctx progress, logger and a signal to stop
 * @throws RouteProfileError BAD_OPTION for a wrong config; ABORTED
 */
export const run = (config: PartialConfig, ctx: StepContext = {}, { queue }: RunSettings = {}): Promise<RunResult> =>
  runConfig(completeConfig(config), ctx, { queue });

/** `run` for each of the config's `scenarios`; what they share is computed once. */
export const runScenarios = (
  config: PartialConfig,
  ctx: StepContext = {},
  { queue }: RunSettings = {},
): Promise<ScenarioResult[]> => runAll(completeConfig(config), ctx, { queue });

/**
 * The default export of a plugin package or file; TypeScript files work too. Its code runs: never pass a name from a file that
 * somebody else made.
 * @param name package name or path, relative to `from` (default: the working directory)
 * @throws RouteProfileError MISSING_FILE, UNKNOWN_NAME or PLUGIN_FAILED.
 */
export const importPlugin = (name: string, from?: string): Promise<Plugin> => importTrusted(byPerson(name), from);

/** What `openEncoder` may be told, all optional. */
export interface OpenEncoderOptions extends StepContext {
  /** Folder of the embedding cache; default the platform's. */
  cache?: string;
  /** Threads; default all cores. */
  threads?: number;
  /** Folder that paths of plugins are relative to; default the working directory. */
  from?: string;
}

/**
 * A built-in encoder, or a plugin's in a thread of its own. A plugin's code runs, and some encoders send texts to an endpoint: never
 * pass a name from a file that somebody else made. Dispose of it when done.
 * @param id as `--encoder` takes it: `hash`, `openai:MODEL`, a package or a file
 * @throws RouteProfileError UNKNOWN_NAME, and what opening that encoder throws
 */
export const openEncoder = (
  id: string,
  { cache = defaultCacheFolder(), threads, from, ...ctx }: OpenEncoderOptions = {},
): Promise<Encoder> => openTrusted(byPerson(id), { cache, threads, from }, { ...ctx, seed: 0 });

/**
 * The encoder of a saved router for a server, which `openRouter` takes as its `encoder`: it leaves the calling thread free, and keeps
 * nothing on disk or in memory. Dispose of it when done.
 * @param saved what the router's file says it reads queries with
 * @param options `encoder` names it where that one may run code or send texts; `file` names the router in errors
 * @throws RouteProfileError BAD_OPTION for an encoder that has to be named, or another than the saved one
 */
export const openServedEncoder = (
  saved: string,
  { encoder, file, ...ctx }: StepContext & { encoder?: string | undefined; file: string },
): Promise<Encoder> => openServed(saved, { flag: encoder }, file, { ...ctx, seed: 0 });

export { completeConfig, loadConfigFile, readConfigFile, type PartialConfig } from './config/config-file.js';
export { mustNameOf, type RunResult, type SavedRouter, type ScenarioResult } from './run/run.js';
export { openRouter, type OpenRouter, type OpenRouterOptions } from './router/open-router.js';
export type { RouteOptions } from '@routeprofile/routers';
export { lineBatches, readQuery } from './router/route-queries.js';
export { buildGraph, type BuiltGraph, type GraphFormat } from './steps/build-graph.js';
export { buildProfiles, planProfiles, type BuiltProfile, type ProfileSource } from './steps/build-profiles.js';
export { trainRouter, type TrainedRouter } from './steps/train-router.js';
export { evaluate, type EvaluatedRouter } from './steps/evaluate.js';
export { fitEncoder, type FitEncoderRequest, type FittedEncoder } from './steps/fit-encoder.js';
export { checkData } from './steps/check-data.js';
export {
  openVerifiers,
  type GraderVerifier,
  type ServedAnswer,
  type VerifierReference,
} from './steps/open-verifiers.js';
export { collect, planCollect, type CollectRequest } from './steps/collect.js';
export { work, type WorkRequest } from './steps/work.js';
export type { QueueOptions } from './queue/remote-cells.js';
export type { WorkReport } from './queue/work.js';
export {
  addModelToProfiles,
  addModelToRouter,
  type ExtendedProfiles,
  type ExtendedRouter,
  type ProfileExtension,
  type RouterExtension,
} from './steps/add-model.js';
export {
  chooseProbes,
  onboardModel,
  type Onboarded,
  type OnboardedRouter,
  type OnboardRequest,
  type Probe,
  type ProbeRequest,
} from './steps/onboard.js';
export type { RewardChange } from './learn/changes.js';
export { learn, type Learned, type LearnRequest } from './learn/learn.js';
export type { Judged } from './learn/judge.js';
export type { CandidateRequest } from './learn/candidate.js';
export { rollBack } from './learn/versions.js';
export { replay, type Replay, type ReplayedRouter, type ReplayRequest } from './traffic/replay.js';
export type { Conclusion } from './traffic/conclusion.js';
export type { LeftOut, LogOptions } from './traffic/decision.js';
export type { ModelTraffic, TrafficSummary } from './traffic/evidence.js';
export type { GivenRouter } from './traffic/policy.js';
export type { StepContext } from './steps/inputs.js';
export { installedPlugins, type InstalledPlugin } from './plugins/installed-plugins.js';
export type { GivenEncoder } from './plugins/trust.js';
export { addBlindSpots, blindSpotWarnings, type BlindSpots, type Tally } from './encoders/blind-spots.js';
export { openBackend } from './backend.js';
export { BUILT_IN_KINDS, builtIns, namesOf, runDefaults, type BuiltIn, type BuiltInKind } from './built-ins.js';
export { defaultCacheFolder } from './cache-folder.js';
export { packageVersions } from './versions.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { CollectPlan, CollectReport } from '@routeprofile/collect';
export type { DatasetCheck } from '@routeprofile/data';
export type { KnownVerdict, Obstacle, UnknownVerdict, Verdict } from '@routeprofile/eval';
export type {
  BuildPlan,
  CollectConfigInput,
  Encoder,
  Logger,
  Plugin,
  ReadQuery,
  RunContext,
  StrategyReference,
} from '@routeprofile/schema';
export type { Runtime } from '@routeprofile/tensor';
