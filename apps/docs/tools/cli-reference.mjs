import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '@routeprofile/cli';
import { ERROR_FAULTS, exitCodeOf, RouteProfileError } from '@routeprofile/schema';
import { format } from 'prettier';

const path = fileURLToPath(new URL('../reference/cli.md', import.meta.url));

/** Writes `reference/cli.md` from the definitions of the commands that the command line itself is made of. */
export async function generateCliReference() {
  const program = buildProgram(nowhere());
  mkdirSync(fileURLToPath(new URL('../reference/', import.meta.url)), { recursive: true });
  writeFileSync(path, await format(cliReference(program), { parser: 'markdown', printWidth: 120 }));
  return relative(process.cwd(), path);
}

/**
 * The page of a command tree.
 * @param {ReturnType<typeof import('@routeprofile/cli').buildProgram>} program
 */
export function cliReference(program) {
  const commands = leaves(program);
  return [
    '---\neditLink: false\noutline: 2\n---',
    '# Command line',
    `${sentence(program.description())} Run it as \`npx @routeprofile/cli\`, or install the package and call \`${program.name()}\`. This page is made from the definitions of the commands.`,
    table(
      ['command', 'what it does'],
      commands.map(({ words, command }) => [`[\`${words}\`](#${anchor(words)})`, text(command.description())]),
    ),
    ...commands.flatMap(({ words, command }) => commandSection(program.name(), words, command)),
    ...exitCodes(),
  ].join('\n\n');
}

/** Commands that do something, with the words that call them. */
function leaves(command, words = []) {
  if (command.commands.length === 0) return [{ words: words.join(' '), command }];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}

function commandSection(program, words, command) {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return [
    `## ${words}`,
    sentence(command.description()),
    `\`\`\`text\n${program} ${words} ${help
      .commandUsage(command)
      .split(' ')
      .slice(words.split(' ').length + 1)
      .join(' ')}\n\`\`\``,
    ...section('Arguments', ['argument', 'what it is'], command.registeredArguments.map(argumentRow)),
    ...section('Options', ['option', 'what it does', 'default'], options.map(optionRow)),
  ];
}

const section = (name, head, rows) => (rows.length === 0 ? [] : [`**${name}**`, table(head, rows)]);

const argumentRow = (argument) => [
  `\`${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}\``,
  text(argument.description) || 'required',
];

/** Defaults that commands work out for themselves stand in their descriptions, as `(default: …)` at the end. */
function optionRow(option) {
  const [, description, told] = /^(.*?)(?:,? ?\(default: (.*)\))?$/.exec(option.description);
  const choices = option.argChoices ? `: ${option.argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
  const value = told ?? (option.negate ? undefined : option.defaultValue);
  return [
    `\`${option.flags}\``,
    `${text(description)}${choices}`.replace(/^: /, 'one of '),
    value === undefined ? '' : text(String(value)),
  ];
}

const MEANINGS = {
  0: 'done',
  1: 'something failed that the user could not prevent, or a cell of a run failed and the others went on',
  2: 'bad usage or bad input',
  130: 'interrupted: the command says whether it goes on when it is run again',
};

/** Exit codes, with the errors of the packages that end in each. */
function exitCodes() {
  const codes = Object.keys(ERROR_FAULTS).map((code) => ({ code, exit: exitCodeOf(new RouteProfileError(code, '')) }));
  const unknown = codes.find(({ exit }) => !(exit in MEANINGS));
  if (unknown)
    throw new Error(
      `the CLI reference: what does exit code ${unknown.exit} (of ${unknown.code}) mean? Say so in cli-reference.mjs`,
    );
  return [
    '## Exit codes',
    table(
      ['code', 'meaning', 'errors'],
      Object.entries(MEANINGS).map(([exit, meaning]) => [
        exit,
        meaning,
        codes
          .filter((entry) => entry.exit === Number(exit))
          .map(({ code }) => `\`${code}\``)
          .join(', '),
      ]),
    ),
  ];
}

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/** Text that Markdown and Vue show as it is; what stands between backticks is theirs already. */
const text = (value) =>
  value
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/[\\*_<[\]]/g, '\\$&').replaceAll('{{', '{&#123;')))
    .join('');
const sentence = (value) => `${text(value.charAt(0).toUpperCase() + value.slice(1)).replace(/\.$/, '')}.`;
const anchor = (words) => words.replaceAll(' ', '-');

/** Where a program that is only looked at may write. */
export const nowhere = () => ({
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  stdin: new PassThrough(),
  signal: new AbortController().signal,
});
