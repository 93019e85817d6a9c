import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Entry {
  /** Words up to and including the command: `data check`. */
  path: string;
  summary: string;
  /** Subcommands and long flags. */
  words: string[];
}

function entriesOf(command: Command, path: string[] = []): Entry[] {
  const flags = command.options.map((option) => option.long).filter((long): long is string => typeof long === 'string');
  const own: Entry = {
    path: path.join(' '),
    summary: command.description(),
    words: [...command.commands.map((child) => child.name()), ...flags, '--help'],
  };
  return [own, ...command.commands.flatMap((child) => entriesOf(child, [...path, child.name()]))];
}

/** A script to be sourced by the shell, made from the command tree. */
export function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const entries = entriesOf(program);
  const cases = entries.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n');
  const subcommands = entries.filter((entry) => entry.path !== '').map((entry) => `'${entry.path}'`);
  if (shell === 'fish')
    return (
      entries
        .flatMap(({ path, words }) => {
          const parts = path === '' ? [] : path.split(' ');
          const here =
            parts.length === 0
              ? '__fish_use_subcommand'
              : parts.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');
          return words.map((word) => {
            const target = entries.find((entry) => entry.path === [...parts, word].join(' '));
            const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
            return `complete -c ${name} -n '${here}' ${what}${target ? ` -d '${target.summary.replaceAll("'", '’')}'` : ''}`;
          });
        })
        .join('\n') + '\n'
    );
  const body = `_${name}() {
  local path='' next words i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${subcommands.join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _${name} ${name}
`;
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${body}` : body;
}
