// npm run release:check: a release, but for publishing it. Versions come from the changesets in a copy of the repository; what
// is packed there is checked, served by a local registry, and every package installed alone and used. Linux and macOS.
// With --budgets it sets the size budgets to today's sizes and 15 % instead.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checks } from '../lib/checks.mjs';
import { withRegistry } from '../lib/registry.mjs';
import { savedRouterAnywhere } from './anywhere.mjs';
import { compilersAgree } from './compilers.mjs';
import { exampleRuns, importsAlike, installAlone, typesHold } from './consumer.mjs';
import { contentProblems, manifestProblems } from './contents.mjs';
import { importProblems } from './imports.mjs';
import { attwProblems, publintProblems } from './lint.mjs';
import { packAll } from './pack.mjs';
import { inPairs } from './pairs.mjs';
import { profilesInTenLines } from './profiles.mjs';
import { entryDeclarations, signatureProblems } from './signatures.mjs';
import { budgetProblems, folderSize, sizesOf, writeBudgets } from './sizes.mjs';
import { versionedCopy, versionProblems } from './version.mjs';
import { workflowProblems } from './workflows.mjs';

const work = mkdtempSync(join(tmpdir(), 'routeprofile-release-'));
const checks = new Checks();

/** A check that passes when there is no problem. */
const none = (name, problemsOf) =>
  checks.check(name, async () => {
    const problems = await problemsOf();
    if (problems.length > 0) throw new Error(`\n       ${problems.join('\n       ')}`);
  });

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

async function checkTarball(entry) {
  const { name, manifest } = entry;
  await none(`${name} ${manifest.version}: the tarball holds what belongs there`, () => [
    ...contentProblems(entry),
    ...manifestProblems(entry),
  ]);
  await none(`${name}: declares what it imports, and nothing else`, () => importProblems(entry));
  await none(`${name}: publint --strict`, () => publintProblems(entry));
  await none(`${name}: attw, every entry under all four resolutions`, () => attwProblems(entry));
  await none(`${name}: within its size budget`, () => budgetProblems(name, sizesOf(entry)));
}

/** Installs a package alone and uses it. @returns bytes of its node_modules, if it could be installed */
async function checkConsumer(entry, env) {
  const { name } = entry;
  const folder = join(work, `alone-${name}`);
  let installed;
  await checks.check(`${name}: npm install ${entry.manifest.name} in an empty project`, async () => {
    await installAlone(entry, folder, env);
    installed = folderSize(join(folder, 'node_modules'));
    return megabytes(installed);
  });
  if (installed === undefined) return undefined;
  await checks.check(`${name}: import and require give the same`, () => importsAlike(entry, folder, env));
  await checks.check(`${name}: types hold under node16 and bundler`, () => typesHold(entry, folder));
  await none(`${name}: exports every type that its calls name`, () =>
    signatureProblems(entryDeclarations(entry.manifest, join(folder, 'node_modules', entry.manifest.name))),
  );
  await checks.check(`${name}: the README's first example`, async () => {
    const printed = await exampleRuns(entry, folder, env);
    return `prints ${printed.split('\n').length} lines`;
  });
  if (name === 'profiles')
    await checks.check('profiles: from a dataset folder to a profile set in ten lines, ESM and CJS', () =>
      profilesInTenLines(folder, env),
    );
  if (name === 'pipeline')
    await checks.check('pipeline: a saved router decides alike in ESM, CJS, and bundles for edge workers', () =>
      savedRouterAnywhere(folder, env),
    );
  return installed;
}

function printSizes(entries, installed) {
  const row = (cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(14))).join('');
  console.log(row(['package', 'version', 'packed', 'unpacked', 'entry, gzip', 'installed']));
  entries.forEach((entry, i) => {
    const { packed, unpacked, entry: gzipped } = sizesOf(entry);
    const all = installed[i] === undefined ? 'failed' : megabytes(installed[i]);
    console.log(row([entry.name, entry.manifest.version, ...[packed, unpacked, gzipped].map(kilobytes), all]));
  });
}

async function main() {
  const copy = join(work, 'copy');
  const packed = join(work, 'packed');
  mkdirSync(packed);
  await versionedCopy(copy);
  const entries = await packAll(copy, packed);
  if (process.argv.includes('--budgets')) {
    writeBudgets(Object.fromEntries(entries.map((entry) => [entry.name, sizesOf(entry)])));
    return;
  }
  await none('the workflows are sound, pinned, and need no secret', workflowProblems);
  await none('every package has a version and a changelog from changesets', () => versionProblems(copy));
  await inPairs(entries, checkTarball);
  await withRegistry(
    async ({ env }) => {
      const installed = await inPairs(entries, (entry) => checkConsumer(entry, env));
      printSizes(entries, installed);
      for (const installer of ['npm', 'pnpm'])
        await checks.check(`all packages, installed by ${installer}: types compile, ESM and CJS`, () =>
          compilersAgree(
            installer,
            entries.map(({ manifest }) => manifest),
            join(work, `compiled-${installer}`),
            env,
          ),
        );
    },
    { tarballs: entries.map(({ tarball }) => tarball) },
  );
  process.exitCode = checks.end();
}

try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
