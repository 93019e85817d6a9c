// A project as `npm init` and the documentation make it, with every package in it and several compilers over it, installed by
// npm and by pnpm: TypeScript 5.9, 6 and 7 read the types of all entries, from ES modules and from CommonJS.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './must.mjs';

const COMPILERS = { 'typescript-5': '5.9.3', 'typescript-6': '6.0.3', 'typescript-7': '7.0.2' };
const PNPM = 'pnpm@10.20.0';
/** As the page of `profiles` says. */
const FLAGS = [
  '--module',
  'nodenext',
  '--target',
  'es2022',
  '--types',
  'node',
  '--strict',
  '--skipLibCheck',
  '--noEmit',
];

const INSTALLERS = {
  npm: ['npm', ['install', '--no-audit', '--no-fund']],
  pnpm: ['npx', ['--yes', PNPM, 'install', '--ignore-scripts']],
};

/** Imports every entry of every package, and names a type of one of them. */
const sourceOf = (entries) =>
  entries
    .map(
      (path, i) =>
        `import * as entry${i} from '${path}';\nexport const names${i}: string[] = Object.keys(entry${i});\n`,
    )
    .join('') +
  `import type { ProfileSet } from '@routeprofile/profiles';\nexport const modelsOf = (set: ProfileSet): string[] => set.models;\n`;

function project(folder, manifests) {
  mkdirSync(folder);
  const dependencies = Object.fromEntries(manifests.map(({ name, version }) => [name, version]));
  const compilers = Object.entries(COMPILERS).map(([alias, version]) => [alias, `npm:typescript@${version}`]);
  const devDependencies = { ...Object.fromEntries(compilers), '@types/node': '20.19.43' };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'empty', version: '1.0.0', private: true, dependencies, devDependencies }),
  );
  const entries = manifests.flatMap(({ name, exports }) =>
    Object.entries(exports)
      .filter(([, target]) => typeof target !== 'string')
      .map(([path]) => name + path.slice(1)),
  );
  for (const file of ['use.mts', 'use.cts']) writeFileSync(join(folder, file), sourceOf(entries));
}

/**
 * Installs all packages and compiles a use of them.
 * @param {'npm' | 'pnpm'} installer
 * @param manifests of the packages, as packed
 * @returns {Promise<string>} which compilers had nothing to complain of
 */
export async function compilersAgree(installer, manifests, folder, env) {
  project(folder, manifests);
  // pnpm reads a scope's registry from a file, not from the environment.
  const [scope, registry] = Object.entries(env).find(([name]) => name.endsWith(':registry'));
  writeFileSync(join(folder, '.npmrc'), `${scope.replace('npm_config_', '')}=${registry}\n`);
  const [command, args] = INSTALLERS[installer];
  await must(command, args, { cwd: folder, env });
  for (const alias of Object.keys(COMPILERS)) {
    const home = join(folder, 'node_modules', alias);
    const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    await must(process.execPath, [join(home, bin.tsc), ...FLAGS, 'use.mts', 'use.cts'], { cwd: folder, env });
  }
  return `TypeScript ${Object.values(COMPILERS).join(', ')}`;
}
