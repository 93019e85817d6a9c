import { Command, CommanderError } from 'commander';
import { exitCodeOf, RouteProfileError } from '@routeprofile/schema';
import { interruptedText } from './command-messages.js';
import type { Io } from './io.js';
import { describeError } from './ui/errors.js';
import { screenOf } from './ui/screen.js';
import { ownVersion } from './own-package.js';
import { addRunCommands } from './program/run.js';
import { addCollectCommand } from './program/collect.js';
import { addDataCommands } from './program/data.js';
import { addEncoderCommand } from './program/encoder.js';
import { addModelsCommand } from './program/models.js';
import { addServeCommand } from './program/serve.js';
import { addStepCommands } from './program/steps.js';
import { addResultCommands } from './program/saved.js';
import { addSetupCommands } from './program/setup.js';
import { addTrafficCommands } from './program/traffic.js';
import { addWorkerCommand } from './program/worker.js';
import { Exit } from './program/ending.js';

/**
 * The command tree, as data: help, completion and the docs are made from it. Commands load their code when they are
 * called, so that `--help` is quick.
 */
export function buildProgram(io: Io): Command {
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
      '\nStart with `npx @routeprofile/cli demo`, or watch the gateway decide: `npx @routeprofile/cli serve --demo`. Profiles and routers take options after their name: emb-gnn:hops=2:norm=sym.\nExit codes: 0 done, 1 failed, 2 bad usage or input, 130 interrupted.',
    );

  addRunCommands(program, io);
  addDataCommands(program, io);
  addCollectCommand(program, io);
  addModelsCommand(program, io);
  addEncoderCommand(program, io);
  addStepCommands(program, io);
  addResultCommands(program, io);
  addServeCommand(program, io);
  addTrafficCommands(program, io);
  addWorkerCommand(program, io);
  addSetupCommands(program, io);
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
  let interrupted = interruptedText();
  try {
    await buildProgram(io)
      .hook('preAction', (_program, command) => {
        interrupted = interruptedText({
          name: command.name(),
          hasCache: command.options.some(({ long }) => long === '--cache'),
        });
        io.interrupted?.(interrupted);
      })
      .parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (io.signal.aborted) {
      void screenOf(io.stderr).print(interrupted);
      return 130;
    }
    if (RouteProfileError.isInstance(error) && error.code === 'ABORTED') return 130;
    void screenOf(io.stderr).print(`${describeError(error)}\n`);
    return exitCodeOf(error);
  }
}
