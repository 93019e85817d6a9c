import { Command, InvalidArgumentError } from 'commander';
import {
  common,
  configFlag,
  datasetFlags,
  encoderFlags,
  integer,
  names,
  openShare,
  pluginFlag,
  seeds,
  strategies,
} from '../commands/flags.js';
import type { LearnFlags } from '../commands/learn.js';
import type { ReplayFlags } from '../commands/replay.js';
import type { Io } from '../io.js';
import { ending } from './ending.js';

const time = (text: string): number => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('expected a time such as 2026-03-01 or 2026-03-01T12:00:00Z');
  return at;
};

/** Which decisions of a log count, and what judges them. */
const logFlags = (command: Command): Command =>
  command
    .option('--route <name>', 'only decisions of this route of the gateway')
    .option('--since <time>', 'only decisions from then on, such as 2026-03-01', time)
    .option('--feedback <list>', 'names of the feedback that counts (default: the only one that there is)', names)
    .option('--source <list>', 'who may have judged: user, verifier, model (default: anybody)', names)
    .option('--min-ess <n>', 'no verdict on fewer effective rows (default: 100)', integer(2));

const REPLAY_EXAMPLES = `
Examples:
  routeprofile replay serve-state --router run/routers/advantage.knn.seed42
      what that router would have got on the decisions of a gateway, from its journal
  routeprofile replay serve-state --router current,candidate --feedback quality --json

The gateway must explore (explore: { … } on the route), keep texts or vectors (log: { … }), and be told what answers were worth
(POST /v1/feedback). What the log cannot tell is refused, with what is missing.`;

const LEARN_EXAMPLES = `
Examples:
  routeprofile learn --state serve-state --router run/routers/advantage.knn.seed42 --data my-data --out learned
      the first time; the gateway serves learned/current from then on
  routeprofile learn --state serve-state --data my-data --out learned
      again, such as every night
  routeprofile learn --roll-back --out learned

Each test of a candidate may err. All tests against one router together err with a chance of at most 1 − confidence: test k gets
1 / (k (k + 1)) of it, so that tests may be run every day and get stricter; with --looks N, N tests get the same part each.
On 200 simulated logs a router that was exactly as good was promoted 3 times in a first test (2.5 % of 200 are 5).
Exit code 0 also where nothing is promoted: the output says what is missing.`;

/** What live traffic is good for: `replay` and `learn`. */
export function addTrafficCommands(program: Command, io: Io): void {
  pluginFlag(
    common(
      encoderFlags(
        logFlags(
          program
            .command('replay')
            .description('what routers would have got on recorded traffic, off-policy, with intervals')
            .argument('<log>', "a gateway's state folder or journal, its decisions, or a dataset with propensities"),
        ),
        "the router's own",
      ),
    ),
  )
    .option('--router <list>', 'router folders, with commas between', names)
    .option('--seed <n>', 'seed of the folds (default: 42)', seeds)
    .option('--out <file>', 'JSON file to write')
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(
      ending(async (log: string, flags: ReplayFlags) =>
        (await import('../commands/replay.js')).replayCommand(log, flags, io),
      ),
    );

  pluginFlag(
    configFlag(
      common(
        encoderFlags(
          datasetFlags(
            logFlags(
              program
                .command('learn')
                .description(
                  "retrain a router from the gateway's own records; promote only what is better beyond doubt",
                )
                .option(
                  '--state <dir>',
                  "a gateway's state folder or journal, its decisions, or a dataset with propensities",
                )
                .option('--router <dir>', 'the router that is served so far; needed the first time only'),
            ),
          ),
          "the router's own",
        ),
      ),
    ),
  )
    .option(
      '--strategy <name>',
      'another router, with its wrappers and options (default: as the one that is served)',
      strategies,
    )
    .option('--profiles <file>', 'profiles made by `profile build` (default: built anew as before)')
    .option(
      '--confidence <share>',
      'one minus the chance of promoting a router that is not better (default: 0.95)',
      openShare,
    )
    .option(
      '--looks <n>',
      'tests at most, each with the same part of the chance of error (default: any number)',
      integer(1),
    )
    .option(
      '--judge <share>',
      'share of the judged decisions, the newest, that judge and do not train (default: 0.5)',
      openShare,
    )
    .option('--shadow', 'write the candidate, and leave what is served as it is')
    .option('--roll-back', 'put the router back that was served before')
    .option('--out <dir>', 'folder of the versions; the gateway serves DIR/current')
    .addHelpText('after', LEARN_EXAMPLES)
    .action(ending(async (flags: LearnFlags) => (await import('../commands/learn.js')).learnCommand(flags, io)));
}
