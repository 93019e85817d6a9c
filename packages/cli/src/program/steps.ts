import { Command, Option } from 'commander';
import type { EvaluateFlags } from '../commands/steps.js';
import {
  common,
  configFlag,
  datasetFlags,
  encoderFlags,
  integer,
  marginFlag,
  pluginFlag,
  graphFlag,
  strategies,
  type ConfigFlags,
} from '../commands/flags.js';
import type { Io } from '../io.js';
import type { AddModelFlags, RouterAddModelFlags } from '../commands/add-model.js';
import type { onboardCommand, probesCommand } from '../commands/onboard.js';
import { ending } from './ending.js';

/** One step of the pipeline each: `graph`, `profile`, `router`, `evaluate`. */
export function addStepCommands(program: Command, io: Io): void {
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
      (await import('../commands/steps.js')).graphBuildCommand(flags, io),
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
      (await import('../commands/steps.js')).profileBuildCommand(flags, io),
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
      (await import('../commands/add-model.js')).addModelCommand(card, flags, io),
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
        (await import('../commands/add-model.js')).routerAddModelCommand(card, flags, io),
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
        (await import('../commands/onboard.js')).probesCommand(flags, io),
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
        (await import('../commands/onboard.js')).onboardCommand(model, flags, io),
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
      (await import('../commands/steps.js')).routerTrainCommand(flags, io),
    ),
  );

  pluginFlag(
    configFlag(
      common(
        marginFlag(
          encoderFlags(
            datasetFlags(program.command('evaluate').description('evaluate a saved router on test rows')),
            "the router's own",
          ),
        )
          .option('--router <dir>', 'router folder')
          .option('--out <dir>', 'output folder (default: evaluation)'),
      ),
    ),
  ).action(ending(async (flags: EvaluateFlags) => (await import('../commands/steps.js')).evaluateCommand(flags, io)));
}
