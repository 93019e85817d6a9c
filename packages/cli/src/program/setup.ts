import { Argument, Command, Option } from 'commander';
import { common } from '../commands/flags.js';
import type { CommonFlags, Io } from '../io.js';
import { completionScript, SHELLS, type Shell } from '../commands/completion.js';
import { PLUGIN_KINDS, type PluginKind } from '../scaffold/template.js';
import { screenOf } from '../ui/screen.js';
import { ending } from './ending.js';

/** The installation and plugins: `new`, `plugins`, `doctor`, `completion`. */
export function addSetupCommands(program: Command, io: Io): void {
  common(
    program
      .command('new')
      .description('write a plugin package of your own: a folder that installs, passes its tests and builds')
      .addArgument(new Argument('<kind>', 'what it adds').choices(PLUGIN_KINDS))
      .argument('<name>', 'package name, such as my-router or @me/my-router'),
  ).action(
    ending(async (kind: PluginKind, name: string, flags: CommonFlags) =>
      (await import('../commands/new.js')).newCommand(kind, name, flags, io),
    ),
  );

  common(
    program
      .command('plugins')
      .description('list what is built in and which plugins are installed')
      .argument('[name]', 'show the options of this one'),
  ).action(
    ending(async (name: string | undefined, flags: CommonFlags) =>
      (await import('../commands/plugins.js')).pluginsCommand(name, flags, io),
    ),
  );
  common(
    program.command('doctor').description('check what is installed, which backend and encoder are in use, and why'),
  )
    .option('--backend <name>', 'ask for this tensor backend')
    .option('--encoder <id>', 'try this encoder')
    .action(
      ending(async (flags: CommonFlags & { backend?: string; encoder?: string }) =>
        (await import('../commands/doctor.js')).doctorCommand(flags, io),
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
}
