import { Argument, Command, CommanderError, Option } from 'commander';
import { exitCodeOf, RouteProfileError } from '@routeprofile/schema';
import { INTERRUPTED } from './command-messages.js';
import type { ImportFlags } from './commands/data.js';
import type { EvaluateFlags } from './commands/steps.js';
import {
  common,
  configFlag,
  datasetFlags,
  encoderFlags,
  integer,
  marginFlag,
  names,
  pluginFlag,
  graphFlag,
  seeds,
  strategies,
  strategyFlags,
  type ConfigFlags,
} from './commands/flags.js';
import type { CommonFlags, Io } from './io.js';
import { completionScript, SHELLS, type Shell } from './commands/completion.js';
import type { AddModelFlags, RouterAddModelFlags } from './commands/add-model.js';
import type { onboardCommand, probesCommand } from './commands/onboard.js';
import type { RescoreFlags } from './commands/rescore.js';
import type { RouteFlags } from './commands/route.js';
import { PLUGIN_KINDS, type PluginKind } from './scaffold/kinds.js';
import { describeError } from './ui/errors.js';
import { screenOf } from './ui/screen.js';
import { ownVersion } from './own-package.js';

/** Ends a command with its exit code; commander's actions cannot return one. */
class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

const RUN_EXAMPLES = `
Examples:
  routeprofile run --data my-data
      the default profile and routers, on a folder with an outcomes.jsonl
  routeprofile run --data my-data --profile advantage,emb-gnn:hops=1 --router knn:k=20,knn+cost:within=0.02 --out my-run
      two profiles and two routers; the second is as cheap as it can be with a mean score at most 0.02 below the best single model

\`routeprofile plugins\` lists what each name does, \`routeprofile plugins NAME\` its options.`;

/**
 * The command tree, as data: help, completion and the docs are made from it. Commands load their code when they are
 * called, so that `--help` is quick.
 */
export function buildProgram(io: Io): Command {
  const ending =
    <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
    async (...args: A): Promise<void> => {
      throw new Exit(await action(...args));
    };
  const program = new Command('routeprofile')
    .description(
      'Choose the right language model for each query: from a dataset folder to a router and a report on it.',
    )
    .version(ownVersion())
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => void screenOf(io.stdout).print(text),
      writeErr: (text) => void screenOf(io.stderr).print(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .addHelpText(
      'after',
      '\nStart with `npx @routeprofile/cli demo`. Profiles and routers take options after their name: emb-gnn:hops=2:norm=sym.\nExit codes: 0 done, 1 failed, 2 bad usage or input, 130 interrupted.',
    );

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
        .option('--robustness <n>', 'rephrase N test queries and report how often the choice is unchanged', integer(1))
        .option('--jobs <n>', 'train N cells (profile × router × seed) at the same time (default: 1)', integer(1))
        .option(
          '--plugin-timeout <s>',
          'seconds without progress after which a plugin is stopped (default: 120)',
          integer(1),
        )
        .option('--out <dir>', 'output folder (default: routeprofile-out)'),
    ).addHelpText('after', RUN_EXAMPLES),
  ).action(ending(async (flags: ConfigFlags) => (await import('./commands/run.js')).runCommand(flags, io)));

  common(
    encoderFlags(
      strategyFlags(program.command('demo').description('write the sample dataset, run on it and report, all offline'))
        .option('--out <dir>', 'output folder (default: routeprofile-demo)')
        .option('--seed <n>', 'seed (default: 42)', seeds),
    ),
  ).action(ending(async (flags: ConfigFlags) => (await import('./commands/demo.js')).demoCommand(flags, io)));

  common(
    program
      .command('sample')
      .description('write the sample dataset (real questions; the outcomes of models are simulated and labelled so)')
      .argument('<dir>'),
  )
    .option('--seed <n>', 'seed (default: 42)', seeds)
    .action(
      ending(async (dir: string, flags: CommonFlags & { seed?: number[] }) =>
        (await import('./commands/data.js')).sampleCommand(dir, flags, io),
      ),
    );

  const data = program.command('data').description('check a dataset, or make one from logs');
  encoderFlags(
    datasetFlags(
      common(
        data
          .command('check')
          .description('validate a dataset, and print what it holds and what looks odd')
          .argument('<dir>'),
      ),
    ),
  ).action(
    ending(async (dir: string, flags: ConfigFlags) =>
      (await import('./commands/data.js')).checkCommand(dir, flags, io),
    ),
  );
  common(
    data
      .command('import')
      .description('make a dataset folder from logs (CSV or JSONL), or from LLMRouter or RouterBench tables')
      .argument('<source>', 'CSV, JSON or JSONL file')
      .argument('<dir>', 'dataset folder to write')
      .addOption(
        new Option(
          '--format <format>',
          'layout of the source: long has one row per call, wide one row per query (default: guessed from its columns)',
        ).choices(['auto', 'long', 'wide', 'llmrouter', 'routerbench']),
      )
      .option('--query <column>', 'column that holds the query: text, or chat messages as JSON')
      .option('--model <column>', 'column of the model (long format)')
      .option('--score <column>', 'column of the score (long format)')
      .option('--task <column>', 'column of the task')
      .option('--id <column>', 'column of the query id')
      .option('--split <column>', 'column of the split')
      .option('--answer <column>', 'column of the right answer')
      .option('--time <column>', 'column of the time of the call: ISO 8601, or seconds or milliseconds since 1970')
      .option('--input-tokens <column>', 'column of the input tokens (long format)')
      .option('--output-tokens <column>', 'column of the output tokens (long format)')
      .option('--tokens <column>', 'column of the total tokens, where input and output are not apart (long format)')
      .option('--cost <column>', 'column of the cost, in dollars per call (long format)')
      .option('--latency <column>', 'column of the time a call took (long format)')
      .option('--models <names>', 'the score columns, with commas between (wide format)', (text: string) =>
        text.split(',').map((name) => name.trim()),
      )
      .option('--scale <scale>', 'scale of the scores: percent, 0-10, 1-5, …, or as-is (default: 0 to 1)')
      .option('--score-scale <number>', 'the same as --scale 0-NUMBER', Number)
      .addOption(
        new Option('--latency-unit <unit>', 'unit of the latencies (default: as the column name says, or s)').choices([
          'us',
          'ms',
          's',
          'min',
        ]),
      )
      .option('--delimiter <name>', 'comma, semicolon, tab, pipe or a character (default: guessed from the header)')
      .addOption(
        new Option('--decimal <mark>', 'decimal mark (default: guessed from the numbers)').choices([
          'auto',
          'comma',
          'point',
        ]),
      )
      .option('--encoding <name>', 'text encoding such as windows-1252 or utf-16le (default: utf-8)')
      .option('--default-split <name>', 'split of the rows that name no split')
      .option(
        '--split-by-time <share>',
        'train on this share of the queries, the oldest ones; the rest are for testing (such as 0.7)',
        Number,
      )
      .option('--cards <file>', 'model cards to add as models.json')
      .option('--name <name>', 'name of the dataset')
      .option('--force', 'replace a dataset that is already in the folder'),
  ).action(
    ending(async (source: string, dir: string, flags: ImportFlags) =>
      (await import('./commands/data.js')).importCommand(source, dir, flags, io),
    ),
  );

  common(
    data
      .command('rescore')
      .description('recompute the labels from stored responses, write them to a new file, and print an audit')
      .argument('<source>', 'a file of routing rows, or a dataset folder with one')
      .option('--out <file>', 'file to write')
      .option('--tasks <names>', 'only these tasks, with commas between', names)
      .option('--repaired', 'use the repaired metrics, not those that the published labels come from')
      .option('--allow-code-execution', 'run stored programs, in a sandbox without network access')
      .option('--jobs <n>', 'programs to run at the same time (default: 2)', integer(1)),
  ).action(
    ending(async (source: string, flags: RescoreFlags) =>
      (await import('./commands/rescore.js')).rescoreCommand(source, flags, io),
    ),
  );

  configFlag(
    common(
      graphFlag(
        encoderFlags(
          datasetFlags(
            program
              .command('graph')
              .description('build the graph of a dataset')
              .command('build')
              .description('write graph.json and features.npz of a dataset'),
          ),
        ),
      )
        .addOption(new Option('--format <format>', 'file format').choices(['json', 'graphml', 'gexf']))
        .option('--no-features', 'omit the encoded texts of the nodes')
        .option('--out <dir>', 'output folder (default: graph)'),
    ),
  ).action(
    ending(async (flags: ConfigFlags & { format?: 'json' | 'graphml' | 'gexf'; features?: boolean }) =>
      (await import('./commands/steps.js')).graphBuildCommand(flags, io),
    ),
  );

  const profile = program.command('profile').description('build profiles of models, or add models to them');
  configFlag(
    common(
      graphFlag(
        encoderFlags(
          datasetFlags(profile.command('build').description('write NAME.npz and NAME.json: one vector per model')),
        ),
      )
        .option('--from <dir>', 'a graph folder made by `graph build`')
        .option('--dry-run', 'print the prompts for the language model with their tokens and cost, and send nothing')
        .option('--profile <list>', 'profiles to build', strategies)
        .option('--out <dir>', 'output folder (default: profiles)'),
    ),
  ).action(
    ending(async (flags: ConfigFlags & { from?: string; dryRun?: boolean }) =>
      (await import('./commands/steps.js')).profileBuildCommand(flags, io),
    ),
  );

  pluginFlag(
    configFlag(
      common(
        graphFlag(
          encoderFlags(
            datasetFlags(
              profile
                .command('add-model')
                .description('add models to a saved profile set; the other profiles stay exactly as they are')
                .argument('<card>', 'JSON object of cards by model, as in models.json'),
            ),
          ),
          'the one that the set was built on',
        )
          .option('--to <file>', 'the profile set to extend')
          .option('--out <dir>', 'output folder (default: profiles-extended)'),
      ),
    ),
  ).action(
    ending(async (card: string, flags: AddModelFlags) =>
      (await import('./commands/add-model.js')).addModelCommand(card, flags, io),
    ),
  );

  const router = program.command('router').description('routers');
  pluginFlag(
    common(
      router
        .command('add-model')
        .description('add the models of an extended profile set to a fitted router, without training')
        .argument('[card]', 'the cards of those models, for routers that read scores per task'),
    ),
  )
    .option('--router <dir>', 'router folder')
    .option('--profiles <file>', 'profiles made by `profile add-model`')
    .option('--out <dir>', 'output folder (default: router-extended)')
    .action(
      ending(async (card: string | undefined, flags: RouterAddModelFlags) =>
        (await import('./commands/add-model.js')).routerAddModelCommand(card, flags, io),
      ),
    );
  const probed = (command: Command) =>
    configFlag(common(datasetFlags(command)))
      .option('--encoder <id>', "the router's encoder, where it is not built in or asks an endpoint")
      .option('--cache <dir>', 'embedding cache folder')
      .option('--router <dir>', 'folder of a fitted irt router');
  probed(
    router.command('probes').description('choose probes: the queries that say most about a new model when you ask it'),
  )
    .option('--budget <n>', 'how many (default: 25)', integer(1))
    .addOption(
      new Option('--method <name>', 'how they are chosen (default: information)').choices([
        'information',
        'prediction',
        'k-center',
        'random',
      ]),
    )
    .option('--out <file>', 'JSON lines to fill in (default: probes.jsonl)')
    .action(
      ending(async (flags: Parameters<typeof probesCommand>[0]) =>
        (await import('./commands/onboard.js')).probesCommand(flags, io),
      ),
    );
  probed(
    router
      .command('onboard')
      .description('add a model to a fitted irt router, by its scores on probes')
      .argument('<model>', 'its name'),
  )
    .option('--probes <file>', 'the file of `router probes`, filled in')
    .option('--out <dir>', 'output folder (default: router-onboarded)')
    .action(
      ending(async (model: string, flags: Parameters<typeof onboardCommand>[1]) =>
        (await import('./commands/onboard.js')).onboardCommand(model, flags, io),
      ),
    );
  configFlag(
    common(
      encoderFlags(datasetFlags(router.command('train').description('train one router on saved profiles')))
        .option('--profiles <file>', 'profiles made by `profile build`, or by numpy.savez')
        .option('--router <name>', 'router to train (default: mlp)', strategies)
        .option('--out <dir>', 'output folder (default: router)'),
    ),
  ).action(
    ending(async (flags: ConfigFlags & { profiles?: string }) =>
      (await import('./commands/steps.js')).routerTrainCommand(flags, io),
    ),
  );

  pluginFlag(
    configFlag(
      common(
        marginFlag(
          encoderFlags(datasetFlags(program.command('evaluate').description('evaluate a saved router on test rows'))),
        )
          .option('--router <dir>', 'router folder')
          .option('--out <dir>', 'output folder (default: evaluation)'),
      ),
    ),
  ).action(ending(async (flags: EvaluateFlags) => (await import('./commands/steps.js')).evaluateCommand(flags, io)));

  pluginFlag(
    common(
      encoderFlags(
        program
          .command('route')
          .description("which model, with scores; '-' reads queries from standard input")
          .argument('<query>'),
      )
        .option('--router <dir>', 'router folder, such as OUT/routers/…')
        .option('--task <name>', 'task label, for routers that read one')
        .option('--top <n>', 'print the N best models (default: 8)', integer(1)),
    ),
  ).action(
    ending(async (query: string, flags: RouteFlags) =>
      (await import('./commands/route.js')).routeCommand(query, flags, io),
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
        (await import('./commands/report.js')).reportCommand(dir, flags, io),
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
        (await import('./commands/compare.js')).compareCommand([a, b], flags, io),
      ),
    );

  common(
    program
      .command('new')
      .description('write a plugin package of your own: a folder that installs, passes its tests and builds')
      .addArgument(new Argument('<kind>', 'what it adds').choices(PLUGIN_KINDS))
      .argument('<name>', 'package name, such as my-router or @me/my-router'),
  ).action(
    ending(async (kind: PluginKind, name: string, flags: CommonFlags) =>
      (await import('./commands/new.js')).newCommand(kind, name, flags, io),
    ),
  );

  common(
    program
      .command('plugins')
      .description('list what is built in and which plugins are installed')
      .argument('[name]', 'show the options of this one'),
  ).action(
    ending(async (name: string | undefined, flags: CommonFlags) =>
      (await import('./commands/plugins.js')).pluginsCommand(name, flags, io),
    ),
  );
  common(
    program.command('doctor').description('check what is installed, which backend and encoder are in use, and why'),
  )
    .option('--backend <name>', 'ask for this tensor backend')
    .option('--encoder <id>', 'try this encoder')
    .action(
      ending(async (flags: CommonFlags & { backend?: string; encoder?: string }) =>
        (await import('./commands/doctor.js')).doctorCommand(flags, io),
      ),
    );

  program
    .command('completion')
    .description('print a completion script for a shell')
    .addOption(new Option('--shell <shell>').choices(SHELLS).default('bash'))
    .action(
      ending(async ({ shell }: { shell: Shell }) => {
        await screenOf(io.stdout).print(completionScript(program, shell));
        return 0;
      }),
    );
  // Subcommands copy these settings only if they are made before them, so they are set on the whole tree at the end.
  const settle = (command: Command): void => {
    command.exitOverride().copyInheritedSettings(program);
    command.commands.forEach(settle);
  };
  program.exitOverride();
  program.commands.forEach(settle);
  return program;
}

/** Runs a command line and gives its exit code. Never throws. */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  try {
    await buildProgram(io).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (io.signal.aborted) {
      void screenOf(io.stderr).print(INTERRUPTED);
      return 130;
    }
    if (RouteProfileError.isInstance(error) && error.code === 'ABORTED') return 130;
    void screenOf(io.stderr).print(`${describeError(error)}\n`);
    return exitCodeOf(error);
  }
}
