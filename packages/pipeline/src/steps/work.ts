import { openModels } from '@routeprofile/collect';
import { RouteProfileError } from '@routeprofile/schema';
import { loadCollectSection } from '../config/config-file.js';
import { workOn, type WorkReport } from '../queue/work.js';
import type { OpenedModels } from '../queue/answer-call.js';
import { settingsOf } from './collect.js';
import type { StepContext } from './inputs.js';

/** How a worker is started. */
export interface WorkRequest {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, as the run has it; never printed. */
  connection: string;
  /** Cells that it computes at the same time, each in a thread with its own copy of the data. Default 1. */
  jobs?: number | undefined;
  /** Calls of models that it makes at the same time. Default 16. */
  calls?: number | undefined;
  /** Plugins whose code may run here, named as the run names them. */
  plugins?: readonly string[] | undefined;
  /** The run's encoder, where that one runs code or sends texts. */
  encoder?: string | undefined;
  /** Folder of cached embeddings; default the platform's. */
  cache?: string | undefined;
  /** Config file whose section `collect` names the models that may be asked here; default the one in the working directory. */
  config?: string | undefined;
  /** Seconds without anything to do after which it ends. Default: never. */
  idleSeconds?: number | undefined;
}

/** The models of the config file, with the keys of this machine; undefined where it names none. */
async function modelsOf(config: string | undefined): Promise<OpenedModels | undefined> {
  const { section } = await loadCollectSection(config);
  if (Object.keys(section).length === 0) return undefined;
  return openModels((await settingsOf({ config })).config, process.env).byId;
}

/**
 * Takes cells of `run` and calls of `collect` from a queue in Postgres, until the signal fires. It needs no data: what a run has read and
 * encoded comes through the database. A run that would get other results here, as its versions or plugins differ, is not joined.
 * @throws RouteProfileError UNSUPPORTED where `pg` or `pg-boss` is missing; BAD_OPTION; NETWORK; ABORTED
 */
export async function work(
  { connection, jobs = 1, calls = 16, plugins = [], encoder, cache, config, idleSeconds }: WorkRequest,
  ctx: StepContext = {},
): Promise<WorkReport> {
  if (jobs < 0 || calls < 0 || jobs + calls === 0)
    throw new RouteProfileError('BAD_OPTION', 'a worker without jobs and without calls has nothing to do');
  const models = await modelsOf(config);
  return workOn({ connection, jobs, calls, plugins, encoder, cache, models, idleSeconds }, ctx);
}
