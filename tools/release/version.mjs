// What a release would look like: a copy of the repository with the versions and changelogs that changesets give.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from './must.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHANGESETS = createRequire(import.meta.url).resolve('@changesets/cli/bin.js');

/** Names of the folders in `packages`. */
export const PACKAGES = readdirSync(join(ROOT, 'packages')).sort();

/**
 * Copies the tracked files as they are in the working tree, and what is built, to `folder`, and versions them there. The
 * working tree is not touched.
 */
export async function versionedCopy(folder) {
  const { stdout } = await must('git', ['ls-files', '-z'], { cwd: ROOT });
  for (const file of stdout.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  for (const name of PACKAGES) {
    const built = join(ROOT, 'packages', name, 'dist');
    if (!existsSync(built)) throw new Error(`packages/${name} is not built: run \`npm run build\` first.`);
    cpSync(built, join(folder, 'packages', name, 'dist'), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await must(process.execPath, [CHANGESETS, 'version'], { cwd: folder });
}

export const manifestOf = (root, name) =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));

/** What is wrong with the versions and changelogs of a versioned copy. */
export function versionProblems(folder) {
  const left = readdirSync(join(folder, '.changeset')).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const problems = left.map((file) => `.changeset/${file} was not used`);
  for (const name of PACKAGES) {
    const { version } = manifestOf(folder, name);
    const changelog = join(folder, 'packages', name, 'CHANGELOG.md');
    if (!existsSync(changelog)) problems.push(`packages/${name} has no CHANGELOG: describe it with \`npx changeset\``);
    else if (!readFileSync(changelog, 'utf8').includes(`\n## ${version}\n`))
      problems.push(`packages/${name}/CHANGELOG.md says nothing of ${version}`);
  }
  return problems;
}
