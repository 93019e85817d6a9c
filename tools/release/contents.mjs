// What a tarball holds: the build, the words that go with it, and nothing else. No source maps: the build is not minified and
// keeps its names and comments, so a stack trace reads well, and maps would double the size.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './version.mjs';

const ALLOWED =
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|LICENSE-APACHE-2\.0|NOTICE|bin\/[a-z-]+\.js|data\/[a-z-]+\.safetensors|dist\/[\w-]+(\.d)?\.(js|cjs|ts|cts))$/;
const TESTS = /\.(test|spec|bench)\.|fixture/;
const REQUIRED = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];

const pointedAt = (value) =>
  typeof value === 'string'
    ? [value]
    : value && typeof value === 'object'
      ? Object.values(value).flatMap(pointedAt)
      : [];

/** What is wrong with the files of a packed package. */
export function contentProblems({ folder, files, manifest }) {
  const paths = new Set(files.map(({ path }) => path));
  const { main, module, types, exports, bin, typesVersions } = manifest;
  const targets = pointedAt([main, module, types, exports, bin, typesVersions]).map((path) =>
    path.replace(/^\.\//, ''),
  );
  return [
    ...[...paths]
      .filter((path) => !ALLOWED.test(path) || TESTS.test(path))
      .map((path) => `${path} does not belong there`),
    ...REQUIRED.filter((path) => !paths.has(path)).map((path) => `${path} is missing`),
    ...targets.filter((path) => !paths.has(path)).map((path) => `package.json points at ${path}, which is not packed`),
    ...[...paths]
      .filter((path) => path.startsWith('dist/') && readFileSync(join(folder, path), 'utf8').includes(ROOT))
      .map((path) => `${path} names a folder of the machine that built it`),
  ];
}

/** What is missing in the manifest of a package that others find and install from npm. */
export function manifestProblems({ name, manifest }) {
  const { description, license, author, homepage, repository, bugs, keywords, sideEffects, engines, publishConfig } =
    manifest;
  const ranges = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const wanted = [
    [description?.length > 20, 'a description'],
    [/^MIT( AND Apache-2\.0)?$/.test(license), 'license: MIT, with Apache-2.0 where it holds such a work'],
    [author, 'an author'],
    [homepage?.includes(`packages/${name}`), 'a homepage'],
    [repository?.url && repository.directory === `packages/${name}`, 'a repository with its directory'],
    [bugs, 'bugs'],
    [keywords?.length >= 3, 'keywords'],
    [sideEffects === false, 'sideEffects: false'],
    [engines?.node, 'engines.node'],
    [publishConfig?.access === 'public', 'publishConfig.access: public'],
  ];
  return [
    ...wanted.filter(([there]) => !there).map(([, what]) => `package.json needs ${what}`),
    ...Object.entries(ranges)
      .filter(([, range]) => /^(file|link|workspace|git|https?):|^\*?$/.test(range))
      .map(([dependency, range]) => `${dependency}@${range} cannot be installed from npm, or by anything`),
  ];
}
