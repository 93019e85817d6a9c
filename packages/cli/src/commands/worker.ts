import { work } from '@routeprofile/pipeline';
import { plural } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { required } from './flags.js';
import { postgresUrl } from './postgres-url.js';

/** Flags of `worker`. */
export interface WorkerFlags extends CommonFlags {
  queue?: string;
  jobs?: number;
  calls?: number;
  plugin?: string[];
  encoder?: string;
  cache?: string;
  config?: string;
  idle?: number;
}

/** `worker`: takes cells and calls of others from a queue. */
export async function workerCommand(flags: WorkerFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { jobs, calls, plugin, encoder, cache, config, idle } = flags;
  const connection = await postgresUrl('--queue', required(flags.queue, '--queue REF'));
  console.logger.info('Waiting for runs; Ctrl-C ends this worker.');
  // A worker's own progress would be a bar per cell; the run has the one that counts.
  const { signal, logger } = console.context;
  const report = await work(
    { connection, jobs, calls, plugins: plugin, encoder, cache, config, idleSeconds: idle },
    { signal, logger },
  );
  console.settle();
  if (flags.json) console.printJson(report);
  else
    console.print(
      `Computed ${plural(report.cells, 'profile set or cell', 'profile sets and cells')}, made ${plural(report.calls, 'call')}.${report.refused > 0 ? ` Could not take part in ${plural(report.refused, 'run')}.` : ''}`,
    );
  return report.refused > 0 ? 1 : 0;
}
