import {
  RouteProfileError,
  type Dataset,
  type ErrorCode,
  type FailedCell,
  type Matrix,
  type RunConfig,
  type RunContext,
} from '@routeprofile/schema';
import { openThread, ThreadLost } from '../plugins/thread.js';
import type { CellResult } from './cell-store.js';
import { pluginOf, type LoadFailures, type Plan } from './plan.js';
import { failedCell, type ProfileOutcome } from './run-cell.js';

/** What a run has read and encoded, for threads that are not to read and encode it again. */
export interface GivenInputs {
  dataset: Dataset;
  /** Distinct texts, and the vector of each, by the encoder of this id. */
  texts: readonly string[];
  vectors: Matrix;
  encoder: string;
}

/** What a thread is started with. */
export interface ThreadTask {
  config: RunConfig;
  /** Plugins that could not be loaded. */
  failures: LoadFailures;
  /** Folder of the cells, shared by all threads. */
  shared: string;
  /** Default: the thread loads and encodes the config's data itself. */
  given?: GivenInputs;
}

/** What a thread is asked for: a cell of the plan, or that cell's profile set alone. */
export interface ThreadRequest {
  cell: number;
  part: 'cell' | 'profile';
  /** The key that whoever asks has for it: a thread that has another would compute something else, and ends with an error. */
  key?: string;
  /** The profile set is kept already, and is not to be built. */
  profileKept?: boolean;
}

/** From a thread: it is ready, what it was asked for, a sign of life, a warning, or the error that ends the run. */
export type ThreadReply =
  | { ready: true }
  | { cell: number; outcome: CellResult | FailedCell; seconds: number }
  | { profile: number; outcome: ProfileOutcome; seconds: number }
  | { alive: true }
  | { warning: string }
  | { fatal: { code: ErrorCode; message: string; hint?: string } };

/** The reply that is waited for; warnings are handed on, and what ends the run is thrown. */
const listen =
  <T>(ctx: RunContext, wanted: (reply: ThreadReply) => T | undefined) =>
  (reply: ThreadReply): T | undefined => {
    if ('fatal' in reply) {
      const { code, message, hint } = reply.fatal;
      throw new RouteProfileError(code, message, hint === undefined ? {} : { hint });
    }
    if ('warning' in reply) ctx.logger?.warn(reply.warning);
    return wanted(reply);
  };

/** What became of a request, and the seconds that it took. */
interface Computed<T> {
  outcome: T;
  seconds: number;
}

/** A worker thread that computes cells of one plan, with data, encoder and tensors of its own. */
export interface CellThread {
  /** Whether it is gone; what it was at has failed. */
  readonly lost: boolean;
  /** @throws RouteProfileError for what ends the run; ThreadLost once it was told to end */
  computeCell(request: Omit<ThreadRequest, 'part'>): Promise<Computed<CellResult | FailedCell>>;
  /** Builds the profile set of a cell, and keeps it. @throws as `computeCell` */
  buildProfiles(request: Omit<ThreadRequest, 'part' | 'profileKept'>): Promise<Computed<ProfileOutcome>>;
  end(): Promise<void>;
}

/** Starts a thread. One that is lost, or that a plugin keeps silent for longer than `config.pluginTimeout`, costs what it was at. */
export function openCellThread(plan: Plan, task: ThreadTask, ctx: RunContext): CellThread {
  const { signal } = ctx;
  const thread = openThread<ThreadReply>('cell-worker', task, (line) => ctx.logger?.info(line));
  let [lost, ended] = [false, false];
  let readiness: Promise<true> | undefined;

  const ready = async (): Promise<true> => {
    try {
      return await thread.ask(
        undefined,
        listen(ctx, (reply) => ('ready' in reply ? reply.ready : undefined)),
        { ...(signal && { signal }) },
      );
    } catch (error) {
      throw error instanceof ThreadLost
        ? new RouteProfileError('INTERNAL', `a worker ${error.message} before it began`, { cause: error })
        : error;
    }
  };

  const ask = async <T>(
    request: ThreadRequest,
    wanted: (reply: ThreadReply) => Computed<T> | undefined,
    failed: (failure: RouteProfileError) => T,
  ): Promise<Computed<T>> => {
    await (readiness ??= ready());
    const started = performance.now();
    const plugin = pluginOf(plan, plan.cells[request.cell]!);
    try {
      return await thread.ask(request, listen(ctx, wanted), {
        ...(signal && { signal }),
        ...(plugin !== undefined && { silence: plan.config.pluginTimeout }),
      });
    } catch (error) {
      if (ended || !(error instanceof ThreadLost)) throw error;
      lost = true;
      const [code, who] =
        plugin === undefined ? (['INTERNAL', 'the worker'] as const) : (['PLUGIN_FAILED', plugin] as const);
      const remedy = error.silent ? '; if it needs longer, let it report progress or raise --plugin-timeout' : '';
      const failure = new RouteProfileError(code, `${who} ${error.message}${remedy}`, { cause: error });
      return { outcome: failed(failure), seconds: (performance.now() - started) / 1000 };
    }
  };

  return {
    get lost() {
      return lost;
    },
    computeCell: (request) =>
      ask(
        { ...request, part: 'cell' },
        (reply) => ('cell' in reply ? reply : undefined),
        (failure) => failedCell({ plan }, plan.cells[request.cell]!, failure),
      ),
    buildProfiles: (request) =>
      ask(
        { ...request, part: 'profile' },
        (reply) => ('profile' in reply ? reply : undefined),
        ({ code, message }): ProfileOutcome => ({ code, message }),
      ),
    end() {
      ended = true;
      return thread.end();
    },
  };
}
