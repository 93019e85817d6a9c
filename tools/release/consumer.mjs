// Somebody who installs one package alone in an empty project, and what they do with it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { must } from './must.mjs';
import { firstExample, runExample } from './readme.mjs';
import { typeProblems } from './types.mjs';

/** Every import path that a package has for code. */
const entriesOf = ({ manifest }) =>
  Object.entries(manifest.exports)
    .filter(([, target]) => typeof target !== 'string') // package.json, and files without code
    .map(([path]) => manifest.name + path.slice(1));

/** An empty project with the package installed by name. */
export async function installAlone({ name, manifest }, folder, env) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), `{ "name": "empty", "version": "1.0.0", "private": true }\n`);
  await must('npm', ['install', manifest.name], { cwd: folder, env });
  const { version } = createRequire(join(folder, 'x.js'))(join(folder, 'node_modules', manifest.name, 'package.json'));
  if (version !== manifest.version) throw new Error(`${name} ${version} was installed instead of ${manifest.version}`);
}

/** `import` and `require` give the same names for every entry. */
export async function importsAlike(entry, folder, env) {
  const paths = JSON.stringify([...entriesOf(entry), `${entry.manifest.name}/package.json`]);
  writeFileSync(
    join(folder, 'entries.mjs'),
    `const names = {};
for (const path of ${paths}) names[path] = Object.keys(await import(path, path.endsWith('.json') ? { with: { type: 'json' } } : {}));
console.log(JSON.stringify(names));
`,
  );
  writeFileSync(
    join(folder, 'entries.cjs'),
    `console.log(JSON.stringify(Object.fromEntries(${paths}.map((path) => [path, Object.keys(require(path))]))));\n`,
  );
  const [esm, cjs] = await Promise.all(
    ['entries.mjs', 'entries.cjs'].map(async (file) =>
      JSON.parse((await must(process.execPath, [file], { cwd: folder, env })).stdout),
    ),
  );
  for (const path of entriesOf(entry)) {
    const [imported, required] = [esm, cjs].map((names) => names[path].filter((name) => name !== '__esModule').sort());
    if (imported.length === 0) throw new Error(`${path} exports nothing`);
    if (imported.join() !== required.join())
      throw new Error(`${path} gives [${imported.join(', ')}] to import and [${required.join(', ')}] to require`);
  }
}

/** A strict TypeScript project that imports every entry, from ES modules and from CommonJS, has nothing to complain of. */
export function typesHold(entry, folder) {
  const source = entriesOf(entry)
    .map(
      (path, i) =>
        `import * as entry${i} from '${path}';\nexport const names${i}: string[] = Object.keys(entry${i});\n`,
    )
    .join('');
  for (const file of ['types.mts', 'types.cts']) writeFileSync(join(folder, file), source);
  const problems = [
    ...typeProblems(entry.manifest.name, folder, ['types.mts', 'types.cts'], 'node16'),
    ...typeProblems(entry.manifest.name, folder, ['types.mts'], 'bundler'),
  ];
  if (problems.length > 0) throw new Error(problems.slice(0, 20).join('\n'));
}

/** The README's first example, in a folder where nothing else has run. */
export function exampleRuns(entry, folder, env) {
  return runExample(firstExample(join(folder, 'node_modules', entry.manifest.name, 'README.md')), folder, env);
}
