import { Command } from 'commander';
import { common, encoderFlags, integer, pluginFlag, seeds } from '../commands/flags.js';
import type { CommonFlags, Io } from '../io.js';
import type { RouteFlags } from '../commands/route.js';
import { ending } from './ending.js';

/** What is asked of results: `route`, `report`, `compare`. */
export function addResultCommands(program: Command, io: Io): void {
  pluginFlag(
    common(
      encoderFlags(
        program
          .command('route')
          .description("which model, with scores; '-' reads queries from standard input")
          .argument('<query>'),
        "the router's own",
      )
        .option('--router <dir>', 'router folder, such as OUT/routers/…')
        .option('--task <name>', 'task label, for routers that read one')
        .option('--top <n>', 'print the N best models (default: 8)', integer(1)),
    ),
  ).action(
    ending(async (query: string, flags: RouteFlags) =>
      (await import('../commands/route.js')).routeCommand(query, flags, io),
    ),
  );

  common(
    program
      .command('report')
      .description('write the HTML report of a finished run')
      .argument('<dir>', 'output folder of a run, or a report.json'),
  )
    .option('--out <file>', 'HTML file to write')
    .action(
      ending(async (dir: string, flags: CommonFlags & { out?: string }) =>
        (await import('../commands/report.js')).reportCommand(dir, flags, io),
      ),
    );

  common(
    program
      .command('compare')
      .description('compare two runs, or one row of each, on the test rows that both have, with paired 95 % intervals')
      .argument('<a>', 'output folder of a run, or FOLDER#LABEL for one row or baseline')
      .argument('<b>', 'what it is compared with'),
  )
    .option('--seed <n>', 'seed of the bootstrap (default: 42)', seeds)
    .action(
      ending(async (a: string, b: string, flags: CommonFlags & { seed?: number[] }) =>
        (await import('../commands/compare.js')).compareCommand([a, b], flags, io),
      ),
    );
}
