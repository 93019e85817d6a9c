import type { Command, Option } from 'commander';
import { namesOf, type BuiltInKind } from '@routeprofile/pipeline';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Entry {
  /** Words up to and including the command: `data check`. */
  path: string;
  summary: string;
  /** Subcommands and long flags. */
  words: string[];
  /** What may follow a flag, where that is a list of names. */
  values: { flag: string; words: string[] }[];
}

/** Flags whose values are names that are built in, and the kinds of name they take. */
const NAMED: Readonly<Record<string, readonly BuiltInKind[]>> = {
  '--profile': ['profile'],
  '--router': ['router', 'wrapper'],
  '--encoder': ['encoder'],
  '--graph': ['graph'],
};

function valuesOf({ long, argChoices }: Option): string[] {
  if (argChoices) return argChoices;
  const kinds = typeof long === 'string' && Object.hasOwn(NAMED, long) ? NAMED[long]! : [];
  // `npz:FILE` is completed to `npz:`.
  return kinds.flatMap(namesOf).map((usage) => usage.replace(/[A-Z]+$/, ''));
}

function entriesOf(command: Command, path: string[] = []): Entry[] {
  const flags = command.options.map((option) => option.long).filter((long): long is string => typeof long === 'string');
  const own: Entry = {
    path: path.join(' '),
    summary: command.description(),
    words: [...command.commands.map((child) => child.name()), ...flags, '--help'],
    values: command.options.flatMap((option) => {
      const words = valuesOf(option);
      return typeof option.long === 'string' && words.length > 0 ? [{ flag: option.long, words }] : [];
    }),
  };
  return [own, ...command.commands.flatMap((child) => entriesOf(child, [...path, child.name()]))];
}

/** A script to be sourced by the shell, made from the command tree. */
export function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const entries = entriesOf(program);
  const cases = entries.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n');
  // A flag takes the same names wherever it stands, so one list per flag and set of names will do.
  const values = new Map(
    entries.flatMap((entry) => entry.values.map(({ flag, words }) => [`${entry.path} ${flag}`, words.join(' ')])),
  );
  const flagCases = [...values].map(([key, words]) => `    '${key}') words='${words}' named=1 ;;`).join('\n');
  const subcommands = entries.filter((entry) => entry.path !== '').map((entry) => `'${entry.path}'`);
  if (shell === 'fish')
    return (
      entries
        .flatMap(({ path, words, values }) => {
          const parts = path === '' ? [] : path.split(' ');
          const here =
            parts.length === 0
              ? '__fish_use_subcommand'
              : parts.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');
          return words.map((word) => {
            const target = entries.find((entry) => entry.path === [...parts, word].join(' '));
            const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
            const named = values.find(({ flag }) => flag === word);
            return `complete -c ${name} -n '${here}' ${what}${named ? ` -x -a '${named.words.join(' ')}'` : ''}${target ? ` -d '${target.summary.replaceAll("'", '’')}'` : ''}`;
          });
        })
        .join('\n') + '\n'
    );
  const body = `_${name}() {
  local path='' next words named='' cur last head i
  cur="\${COMP_WORDS[COMP_CWORD]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${subcommands.join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases}
  esac
  case "$path \${COMP_WORDS[COMP_CWORD - 1]}" in
${flagCases}
  esac
  # Lists have commas between, wrappers follow a router's name after a +: what comes before the last of them stays.
  last="$cur" head=''
  if [ -n "$named" ]; then last="\${cur##*[,+]}"; head="\${cur%"$last"}"; fi
  COMPREPLY=($(compgen -P "$head" -W "$words" -- "$last"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$cur"))
}
complete -o filenames -F _${name} ${name}
`;
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${body}` : body;
}
