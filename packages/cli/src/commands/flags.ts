import { Command, InvalidArgumentError, Option } from 'commander';
import { messageWithHint, parseStrategyList, RouteProfileError } from '@routeprofile/schema';
import { namesOf, type PartialConfig, runDefaults } from '@routeprofile/pipeline';

/** A typing mistake in a value is bad usage, told by commander with the flag's name. */
function reading<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (RouteProfileError.isInstance(error)) throw new InvalidArgumentError(messageWithHint(error));
      throw error;
    }
  };
}

export const integer = (least: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || text.trim() === '')
    throw new InvalidArgumentError(`expected a whole number of at least ${least}`);
  return value;
};

export const seeds = (text: string): number[] => {
  const parts = text.split(',').map(integer(0));
  if (parts.length === 0) throw new InvalidArgumentError('expected numbers such as 42 or 1,2,3');
  return parts;
};

const share = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && value <= 1) || text.trim() === '')
    throw new InvalidArgumentError('expected a number between 0 and 1');
  return value;
};

/** A share that is neither nothing nor all. */
export const openShare = (text: string): number => {
  const value = Number(text);
  if (!(value > 0 && value < 1) || text.trim() === '')
    throw new InvalidArgumentError('expected a number above 0 and below 1');
  return value;
};

export const atLeastZero = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value)) || text.trim() === '')
    throw new InvalidArgumentError('expected a number of at least 0, such as 0.02');
  return value;
};

/** How much lower still counts as not worse. */
export const marginFlag = (command: Command): Command =>
  command.option(
    '--margin <x>',
    'how much lower a mean score may be and still count as not worse than the best single model (default: 0.02)',
    atLeastZero,
  );

/** Names with commas between. */
export const names = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export const strategies = reading(parseStrategyList);

export const common = (command: Command): Command =>
  command
    .option('--json', 'print one JSON document on standard output')
    .option('--quiet', 'print only errors on standard error');

/** Which rows and texts of a dataset are used. */
export const datasetFlags = (command: Command): Command =>
  command
    .option('--data <dir>', 'dataset folder')
    .addOption(
      new Option(
        '--mode <mode>',
        'standard: every candidate has training outcomes; newllm: some are new and have none',
      ).choices(['standard', 'newllm']),
    )
    .option('--test <file>', 'test rows: routing rows (JSON) or outcomes (JSONL)')
    .option('--test-split <name>', 'split used as test rows in the outcomes layout (default: test)')
    .option('--split <share>', 'share of the rows for training, where the data name no splits (default: 0.7)', share)
    .option(
      '--min-coverage <share>',
      'a model is a candidate if it has outcomes on at least this share of the training rows (default: 0.95)',
      share,
    )
    .option(
      '--min-outcomes <n>',
      'in a log (most queries were answered by one model) a model is a candidate if it has this many training outcomes (default: 30)',
      integer(1),
    )
    .addOption(
      new Option(
        '--query-text <policy>',
        'text of a query: as asked (raw), or within its prompt template (formatted)',
      ).choices(['raw', 'formatted']),
    )
    .addOption(
      new Option(
        '--shared-prefix <what>',
        'what to do with a long beginning that many training queries share: omit it when encoding, or keep it (default: strip)',
      ).choices(['strip', 'keep']),
    )
    .option(
      '--new-model <names>',
      'candidates to treat as new (without training outcomes), with commas between; implies --mode newllm',
      names,
    )
    .addOption(
      new Option(
        '--leaked-scores <what>',
        'what to do with scores on training tasks in the card of a new model (default: keep)',
      ).choices(['keep', 'drop']),
    )
    .addOption(
      new Option(
        '--unreliable-scores <what>',
        'what to do with card scores that other measurements contradict, and the training labels of those tasks (default: distrust)',
      ).choices(['distrust', 'trust']),
    )
    .option('--limit-train <n>', 'use at most N training queries, drawn at random with the seed', integer(1))
    .option('--limit-test <n>', 'use at most N test rows, drawn at random with the seed', integer(1))
    .option('--seed <n>', 'seed of all randomness; `run` takes several, with commas between (default: 42)', seeds);

export const encoderFlags = (command: Command, whenOmitted = runDefaults().encoder): Command =>
  command
    .option(
      '--encoder <id>',
      `text encoder: ${namesOf('encoder').join(', ')}, a package or a file (default: ${whenOmitted})`,
    )
    .option('--cache <dir>', 'folder for cached embeddings')
    .option('--backend <name>', 'tensor backend (default: the fastest that is installed)');

/** The graph that profiles are built on. */
export const graphFlag = (command: Command, whenOmitted = runDefaults().graph): Command =>
  command.option('--graph <name>', `graph: ${namesOf('graph').join(', ')} (default: ${whenOmitted})`);

/** Profiles and routers, with every built-in name and the defaults. */
export const strategyFlags = (command: Command): Command =>
  graphFlag(command)
    .option(
      '--profile <list>',
      `profiles, with commas between: ${namesOf('profile').join(', ')}, a package or a file (default: ${runDefaults().profile})`,
      strategies,
    )
    .option(
      '--router <list>',
      `routers, with commas between: ${namesOf('router').join(', ')}, a package or a file; wrappers follow a router's name after a +: ${namesOf('wrapper').join(', ')} (default: ${runDefaults().router})`,
      strategies,
    );

/** For commands whose work other machines may do. */
export const queueFlags = (command: Command, what: string): Command =>
  command
    .option(
      '--queue <ref>',
      `let workers on any machine ${what}: env:NAME or file:PATH, where the URL of a Postgres is; start them with \`routeprofile worker\``,
    )
    .option(
      '--lease <s>',
      'with --queue: seconds of silence after which the work of a lost worker is taken again (default: 15)',
      integer(2),
    );

export const configFlag = (command: Command): Command =>
  command.option('--config <file>', 'config file (default: routeprofile.config.* in this folder)');

/** For commands that read a saved folder: which code may be run for it. */
export const pluginFlag = (command: Command): Command =>
  command.option(
    '--plugin <name>',
    'the plugin that made the saved folder, a package or a file; its code runs only if you name it here',
  );

/** Flags as commander gives them: named as in the config file. */
export interface ConfigFlags extends PartialConfig {
  config?: string;
  json?: boolean;
  quiet?: boolean;
}

/** The flags that are configuration, the others taken off. */
export function configOf(flags: ConfigFlags): PartialConfig {
  const { config: _config, json: _json, quiet: _quiet, ...rest } = flags;
  return rest;
}

/** @throws RouteProfileError BAD_OPTION naming the flag. */
export function required<T>(value: T | undefined, flag: string): T {
  if (value === undefined) throw new RouteProfileError('BAD_OPTION', `${flag} is missing`, { hint: 'See --help.' });
  return value;
}
