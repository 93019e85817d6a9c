import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILT_IN_KINDS, builtIns } from '@routeprofile/pipeline';
import { format } from 'prettier';

const path = fileURLToPath(new URL('../reference/built-ins.md', import.meta.url));

/** Writes `reference/built-ins.md` from the lists that the command line itself looks names up in. */
export async function generateBuiltIns() {
  mkdirSync(fileURLToPath(new URL('../reference/', import.meta.url)), { recursive: true });
  writeFileSync(path, await format(builtInsPage(builtIns()), { parser: 'markdown', printWidth: 120 }));
  return relative(process.cwd(), path);
}

/** @param {import('@routeprofile/pipeline').BuiltIn[]} items */
export function builtInsPage(items) {
  return [
    '---\neditLink: false\noutline: [2, 3]\n---',
    '# Everything built in',
    'What each name stands for, which options it takes, and what they are when omitted. Options follow the name: `knn:k=20`. A wrapper follows a router after a `+`: `knn+cost:within=0.02`. This page is made from the packages themselves; `routeprofile plugins NAME` prints the same.',
    ...BUILT_IN_KINDS.flatMap((kind) => [
      `## ${kind[0].toUpperCase()}${kind.slice(1)}s`,
      ...items.filter((item) => item.kind === kind).flatMap(section),
    ]),
  ].join('\n\n');
}

function section({ usage, summary, options }) {
  const rows = options.map((option) => [
    `\`${option.name}\``,
    cell(option.accepts),
    'default' in option ? cell(shown(option.default)) : '',
  ]);
  const table = [['option', 'accepts', 'default'], ['---', '---', '---'], ...rows];
  return [
    `### \`${usage}\``,
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    ...(rows.length === 0 ? [] : [table.map((row) => `| ${row.join(' | ')} |`).join('\n')]),
  ];
}

const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
