import type { Command } from 'commander';
import { common, configFlag, integer, names } from '../commands/flags.js';
import type { WorkerFlags } from '../commands/worker.js';
import type { Io } from '../io.js';
import { ending } from './ending.js';

const EXAMPLES = `
Examples:
  DATABASE_URL=postgres://… routeprofile run --data my-data --queue env:DATABASE_URL
      on one machine: the run, which computes no cell itself
  DATABASE_URL=postgres://… routeprofile worker --queue env:DATABASE_URL --jobs 4
      on every machine that computes: four cells at a time; the data come through the database

Needs the packages pg and pg-boss beside the command: npm install @routeprofile/cli pg@8 pg-boss@10.`;

/** `worker`: takes part in runs of other machines. */
export function addWorkerCommand(program: Command, io: Io): void {
  configFlag(
    common(
      program
        .command('worker')
        .description('compute cells of `run --queue`, and make calls of `collect --queue`, of any machine')
        .option('--queue <ref>', 'Postgres of the runs: env:NAME or file:PATH, where its URL is')
        .option('--jobs <n>', 'cells that it computes at the same time; 0: none (default: 1)', integer(0))
        .option('--calls <n>', 'calls of models that it makes at the same time; 0: none (default: 16)', integer(0))
        .option('--plugin <list>', 'plugins whose code may run here, named as the run names them', names)
        .option('--encoder <id>', "the run's encoder, where that one runs code or sends texts")
        .option('--cache <dir>', 'folder for cached embeddings')
        .option('--idle <n>', 'end after N seconds without anything to do (default: never)', integer(1)),
    ),
  )
    .addHelpText('after', EXAMPLES)
    .action(ending(async (flags: WorkerFlags) => (await import('../commands/worker.js')).workerCommand(flags, io)));
}
