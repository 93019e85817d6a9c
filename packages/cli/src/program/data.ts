import { Command, Option } from 'commander';
import type { ImportFlags } from '../commands/data.js';
import { common, datasetFlags, encoderFlags, integer, names, type ConfigFlags } from '../commands/flags.js';
import type { Io } from '../io.js';
import type { RescoreFlags } from '../commands/rescore.js';
import { ending } from './ending.js';

/** Names of `builtInPresets`: written out, so that `--help` need not load the package that has them. */
export const PRESETS = [
  ...[
    'gateway',
    'outcomes',
    'lm-eval',
    'promptfoo',
    'inspect',
    'llmrouterbench',
    'routerarena',
    'twinrouterbench',
    'llmrouter',
    'routerbench',
  ],
  ...['helicone', 'langfuse', 'litellm', 'evalplus', 'battles', 'openai', 'openai-batch'],
];

/** `data`: check, import, rescore. */
export function addDataCommands(program: Command, io: Io): void {
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
      (await import('../commands/data.js')).checkCommand(dir, flags, io),
    ),
  );
  common(
    data
      .command('import')
      .description('make a dataset folder from what other tools export, or from logs and tables')
      .usage('[options] <source...> <dir>')
      .argument(
        '<paths...>',
        'files, folders or patterns such as "runs/*.jsonl" (with --engine: queries); then the dataset folder to write',
      )
      .addOption(
        new Option(
          '--engine <name>',
          'sources are SQL queries, one SELECT each: duckdb runs them over Parquet, CSV and JSON files, postgres in a database',
        ).choices(['duckdb', 'postgres']),
      )
      .option(
        '--extensions <names>',
        'extensions of DuckDB to load, such as httpfs, once installed (default: none, and no network)',
        names,
      )
      .option(
        '--database <ref>',
        'env:NAME or file:PATH, where postgres://… is, or such a URL without a password (default: what PGHOST, PGUSER, PGPASSWORD and PGDATABASE say)',
      )
      .option(
        '--sample <n>',
        'keep at most N queries per task, drawn by the seed, and sum up the others: task scores come from all rows',
        integer(1),
      )
      .option('--seed <n>', 'for --sample (default: 42)', integer(0))
      .addOption(
        new Option(
          '--preset <name>',
          'what the files are (default: recognised by their shape); none reads columns',
        ).choices([...PRESETS, 'none']),
      )
      .option('--records <path>', 'where the records lie in JSON, such as results.results; * is any one key')
      .addOption(
        new Option(
          '--format <format>',
          'layout of a table: long has one row per call, wide one row per query (default: guessed from its columns)',
        ).choices(['auto', 'long', 'wide']),
      )
      .option(
        '--model-from <pattern>',
        'model from the path of each file: a pattern such as "{model}/*.jsonl", or path to guess',
      )
      .option('--task-from <pattern>', 'task from the path of each file, likewise')
      .option('--split-from <pattern>', 'split from the path of each file, likewise')
      .option(
        '--variant <name>',
        'which of several readings of the answers, such as a filter of lm-evaluation-harness or a prompt of promptfoo',
      )
      .option('--query <column>', 'column or path (vars.question) of the query: text, or chat messages as JSON')
      .option('--model <column>', 'column of the model (long format)')
      .option(
        '--score <column>',
        'column, path (scores.*.value) or name of the score, where there are several (long format)',
      )
      .option('--task <column>', 'column of the task')
      .option('--id <column>', 'column of the query id')
      .option('--split <column>', 'column of the split')
      .option('--answer <column>', 'column of the right answer')
      .option('--time <column>', 'column of the time of the call: ISO 8601, or seconds or milliseconds since 1970')
      .option('--end-time <column>', 'column of the time at which the call ended: with --time it gives the latency')
      .option('--input-tokens <column>', 'column of the input tokens (long format)')
      .option('--output-tokens <column>', 'column of the output tokens (long format)')
      .option('--tokens <column>', 'column of the total tokens, where input and output are not apart (long format)')
      .option('--cost <column>', 'column of the cost, in dollars per call (long format)')
      .option('--latency <column>', 'column of the time a call took (long format)')
      .option(
        '--propensity <column>',
        'column or path of the chance, above 0 and up to 1, with which the model was chosen (long format)',
      )
      .option(
        '--source <column>',
        'column or path of who gave the score, such as user, tests or judge:MODEL (long format)',
      )
      .option('--models <names>', 'the score columns, with commas between (wide format)', (text: string) =>
        text.split(',').map((name) => name.trim()),
      )
      .option('--scores <file>', 'a file with the scores, where the records have none: joined by an id')
      .option('--queries <file>', 'a file with the queries, likewise')
      .option(
        '--join <column>',
        'the id that both files have, or RECORD_COLUMN=FILE_COLUMN (default: found by its name)',
      )
      .option(
        '--good <words>',
        'words or numbers that are a score of 1, with commas between (besides pass, up, C, …)',
        names,
      )
      .option('--bad <words>', 'words or numbers that are a score of 0 (besides fail, down, I, …)', names)
      .option(
        '--scale <scale>',
        'scale of the scores: percent, 0-10, 1-5, …, or as-is; TASK=percent for one task (default: 0 to 1)',
      )
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
      .option(
        '--split-time <date>',
        'queries before this time are for training, the rest for testing (such as 2026-03-01)',
      )
      .option('--cards <file>', 'model cards to add as models.json')
      .option('--name <name>', 'name of the dataset')
      .option('--append', 'add to the dataset that is already in the folder')
      .option('--replace', 'replace a dataset that is already in the folder'),
  ).action(
    ending(async (paths: string[], flags: ImportFlags) =>
      (await import('../commands/data.js')).importCommand(paths, flags, io),
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
      (await import('../commands/rescore.js')).rescoreCommand(source, flags, io),
    ),
  );
}
