import { Command } from 'commander';
import {
  common,
  configFlag,
  datasetFlags,
  encoderFlags,
  integer,
  marginFlag,
  names,
  queueFlags,
  seeds,
  strategyFlags,
  type ConfigFlags,
} from '../commands/flags.js';
import type { QueueFlags } from '../commands/queue.js';
import type { CommonFlags, Io } from '../io.js';
import { ending } from './ending.js';

const RUN_EXAMPLES = `
Examples:
  routeprofile run --data my-data
      the default profile and routers, on a folder with an outcomes.jsonl
  routeprofile run --data my-data --profile advantage,emb-gnn:hops=1 --router knn:k=20,knn+cost:within=0.02 --out my-run
      two profiles and two routers; the second is as cheap as it can be with a mean score at most 0.02 below the best single model

\`routeprofile plugins\` lists what each name does, \`routeprofile plugins NAME\` its options.`;

/** Commands that do everything at once: `run`, `demo`, `sample`. */
export function addRunCommands(program: Command, io: Io): void {
  queueFlags(
    configFlag(
      common(
        encoderFlags(
          strategyFlags(
            marginFlag(
              datasetFlags(
                program
                  .command('run')
                  .description(
                    'build profiles, train routers on them and evaluate every pair; an interrupted run resumes',
                  ),
              ),
            ),
          ),
        )
          .option(
            '--selection-folds <n>',
            'cross-validation folds of the training data that choose the recommended router; 0: take the first auto router, else the first (default: 3)',
            integer(0),
          )
          .option('--metric <list>', 'extra metrics from plugins, with commas between: a package or a file each', names)
          .option('--quantize <list>', 'also test compressed versions of each profile: int8, pca:N', names)
          .option(
            '--frontier',
            'also report the quality that each cost reaches, over all cost weights λ; one extra fit per fold and router',
          )
          .option(
            '--suggest <n>',
            'of a log: write the N answers that would tell most of what it cannot into OUT/suggested.jsonl, for collect --prompts',
            integer(1),
          )
          .option(
            '--robustness <n>',
            'rephrase N test queries and report how often the choice is unchanged',
            integer(1),
          )
          .option('--jobs <n>', 'train N cells (profile × router × seed) at the same time (default: 1)', integer(1))
          .option(
            '--plugin-timeout <s>',
            'seconds without progress after which a plugin is stopped (default: 120)',
            integer(1),
          )
          .option('--out <dir>', 'output folder (default: routeprofile-out)'),
      ).addHelpText('after', RUN_EXAMPLES),
    ),
    'compute the cells',
  ).action(
    ending(async (flags: ConfigFlags & QueueFlags) => (await import('../commands/run.js')).runCommand(flags, io)),
  );

  common(
    encoderFlags(
      strategyFlags(program.command('demo').description('write the sample dataset, run on it and report, all offline'))
        .option('--out <dir>', 'output folder (default: routeprofile-demo)')
        .option('--seed <n>', 'seed (default: 42)', seeds),
    ),
  ).action(ending(async (flags: ConfigFlags) => (await import('../commands/demo.js')).demoCommand(flags, io)));

  common(
    program
      .command('sample')
      .description('write the sample dataset (real questions; the outcomes of models are simulated and labelled so)')
      .argument('<dir>'),
  )
    .option('--seed <n>', 'seed (default: 42)', seeds)
    .action(
      ending(async (dir: string, flags: CommonFlags & { seed?: number[] }) =>
        (await import('../commands/data.js')).sampleCommand(dir, flags, io),
      ),
    );
}
