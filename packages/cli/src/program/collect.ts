import type { Command } from 'commander';
import { namesOf } from '@routeprofile/pipeline';
import type { CollectFlags } from '../commands/collect.js';
import { atLeastZero, common, configFlag, integer, queueFlags } from '../commands/flags.js';
import type { Io } from '../io.js';
import { ending } from './ending.js';

const EXAMPLES = `
Examples:
  routeprofile collect --dry-run
      what the prompts and models of routeprofile.config.* would cost; nothing is asked
  routeprofile collect --budget 5 --plan
      at most $5, judges included: a complete grid on a part of the prompts, then the calls that tell most
  routeprofile collect --grade-only --grader judge:model=big
      grade the answers that are there, another way

Models are named in the config file, their keys as env:NAME. An interrupted run resumes; nothing is paid twice.`;

/** `collect`: from prompts and models to a dataset of outcomes. */
export function addCollectCommand(program: Command, io: Io): void {
  queueFlags(
    configFlag(
      common(
        program
          .command('collect')
          .description('ask models your prompts, grade the answers and write a dataset; an interrupted run resumes')
          .option('--prompts <file>', 'prompts: JSON lines, or one text per line')
          .option(
            '--grader <name>',
            `how answers are graded: ${namesOf('grader').join(', ')}, a package or a file; options follow the name, as in judge:model=big`,
          )
          .option('--budget <dollars>', 'dollars that are never exceeded, judges included', atLeastZero)
          .option('--plan', 'when the budget does not cover every call: choose the calls that tell most')
          .option('--dry-run', 'print calls, tokens and dollars, and ask nothing')
          .option('--grade-only', 'grade the answers that are there, and ask no candidate')
          .option(
            '--reuse <file>',
            'take over answers of another answers.jsonl or a log; may be given several times',
            (file: string, files: string[] = []) => [...files, file],
          )
          .option('--gold <file>', 'labels of people (id, model, score) that judges are compared with')
          .option('--allow-code-execution', 'run the programs of answers, in a sandbox without network access')
          .option('--retries <n>', 'attempts after the first (default: 5)', integer(0))
          .option('--encoder <id>', 'encoder by which --plan knows which prompts are alike')
          .option('--seed <n>', 'seed of all randomness (default: 42)', integer(0))
          .option('--out <dir>', 'output folder (default: routeprofile-collected)'),
      ).addHelpText('after', EXAMPLES),
    ),
    'make the calls',
  ).action(ending(async (flags: CollectFlags) => (await import('../commands/collect.js')).collectCommand(flags, io)));
}
