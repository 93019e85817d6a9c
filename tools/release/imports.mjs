// A package declares what it imports, and imports what it declares.
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './version.mjs';

const BUILT_IN = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

/** What a file imports, requires and refers to in its types, as written. */
const importsOf = (file) =>
  ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName);

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** What a dependency wants installed beside it; nothing where it is not installed here, and so not used either. */
function peersOf(dependency) {
  const file = join(ROOT, 'node_modules', dependency, 'package.json');
  return existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, 'utf8')).peerDependencies ?? {}) : [];
}

/** What a packed package imports without declaring it, or declares without a use. */
export function importProblems({ folder, files, manifest }) {
  const code = files.map(({ path }) => path).filter((path) => path.startsWith('dist/') || path.startsWith('bin/'));
  const imported = new Map();
  for (const path of code)
    for (const specifier of importsOf(join(folder, path)))
      if (!specifier.startsWith('.') && !BUILT_IN.has(specifier)) imported.set(packageOf(specifier), path);

  const text = code.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const declared = [...dependencies, ...Object.keys(manifest.peerDependencies ?? {}), manifest.name];
  // Used is what is imported, what is found by its name at run time, and what another dependency wants beside it.
  const wantedBeside = new Set(dependencies.flatMap(peersOf));
  const used = (name) => imported.has(name) || new RegExp(`['"\`]${name}['"\`/]`).test(text) || wantedBeside.has(name);
  return [
    ...[...imported]
      .filter(([name]) => !declared.includes(name))
      .map(([name, path]) => `${path} imports ${name}, which is not declared`),
    ...dependencies.filter((name) => !used(name)).map((name) => `${name} is declared, and not used`),
  ];
}

/** All files of its own package that a file can come to load, itself included. */
export function reachable(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const specifier of importsOf(file))
    if (specifier.startsWith('.')) reachable(join(dirname(file), specifier), seen);
  return seen;
}
