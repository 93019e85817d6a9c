// How little a layout, a router, a profile and a metric ask of whoever adds one: each is added to a copy of the repository by the steps
// of CONTRIBUTING.md, the files that this touches are counted, and the copy is built, tested and used from the command line.
// What is added lies in tools/additions/, a folder per kind: its files, and the steps in steps.mjs.
//
// Not counted: lists that `node tools/lists.mjs` writes, and the changeset that a release wants.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layout } from './additions/layout/steps.mjs';
import { metric } from './additions/metric/steps.mjs';
import { profile } from './additions/profile/steps.mjs';
import { router } from './additions/router/steps.mjs';
import { assert, Checks } from './lib/checks.mjs';
import { runProcess } from './lib/process.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const KINDS = { layout, router, profile, metric };

const lines = (text) => text.split(/[\n\0]/).filter(Boolean);

/** The working tree as it stands, with what was built and installed, as a repository of its own. */
function copyOf(root, target) {
  const files = lines(execFileSync('git', ['ls-files', '-zco', '--exclude-standard'], { cwd: root, encoding: 'utf8' }));
  for (const file of files) if (existsSync(join(root, file))) cpSync(join(root, file), join(target, file));
  linkModules(root, target);
  for (const name of readdirSync(join(target, 'packages'))) {
    const [from, to] = [root, target].map((base) => join(base, 'packages', name));
    assert(existsSync(join(from, 'dist')), `packages/${name} is not built: run npm run build`);
    cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
    if (existsSync(join(from, 'node_modules'))) symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'));
  }
}

/** What is installed, by links; our own packages are those of the copy. */
function linkModules(root, target) {
  const modules = join(target, 'node_modules');
  mkdirSync(join(modules, '@routeprofile'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@routeprofile') symlinkSync(join(root, 'node_modules', name), join(modules, name));
  for (const name of readdirSync(join(target, 'packages')))
    symlinkSync(join(target, 'packages', name), join(modules, '@routeprofile', name));
}

/** Changes a file of the copy; a step that finds its place missing, or twice, has failed. */
function edit(path, place, change) {
  const text = readFileSync(path, 'utf8');
  const found = text.split(place).length - 1;
  assert(found === 1, `${path}: ${JSON.stringify(place)} occurs ${found} times, expected once`);
  writeFileSync(path, change(text));
}

/** An entry at the end of a list such as `export const builtInRouters: … = [ … ];`, and its import. */
function addToList(path, { list, value, from }) {
  edit(path, `export const ${list}`, (text) => {
    const start = text.indexOf('[', text.indexOf('= ', text.indexOf(`export const ${list}`)));
    const end = text.indexOf('];', start);
    const entries = text
      .slice(start + 1, end)
      .trim()
      .replace(/,$/, '');
    return `import { ${value} } from '${from}';\n${text.slice(0, start)}[${entries}, ${value}${text.slice(end)}`;
  });
}

/** Adds one of a kind to the copy, as CONTRIBUTING.md says. */
function add(copy, kind, { folder, list, exported, docs }) {
  const own = join(ROOT, 'tools', 'additions', kind);
  for (const file of readdirSync(own).filter((name) => name.endsWith('.ts')))
    cpSync(join(own, file), join(copy, folder, file));
  addToList(join(copy, list.file), list);
  if (exported !== undefined) {
    const path = join(copy, exported);
    writeFileSync(path, `export { ${list.value} } from '${list.from}';\n${readFileSync(path, 'utf8')}`);
  }
  if (docs !== undefined)
    edit(join(copy, docs.file), docs.before, (text) => text.replace(docs.before, () => `${docs.text}${docs.before}`));
}

/** What was touched as a reader counts it: a new folder with one module and its test is one. */
function unitsOf(files, kind) {
  const own = files.filter((file) => dirname(file) === KINDS[kind].folder);
  const name = own.find((file) => !file.endsWith('.test.ts'));
  const isSmall = own.length === 2 && own.includes(name?.replace(/\.ts$/, '.test.ts'));
  if (!isSmall) return files;
  return [
    `${dirname(name)}/ (${own.map((file) => basename(file)).join(', ')})`,
    ...files.filter((file) => !own.includes(file)),
  ];
}

export async function additionChecks(checks) {
  const work = mkdtempSync(join(tmpdir(), 'routeprofile-additions-'));
  const copy = join(work, 'repository');
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=additions', '-c', 'user.email=additions@localhost', ...args], {
      cwd: copy,
      encoding: 'utf8',
    });
  const env = { ROUTEPROFILE_CACHE: join(work, 'cache') };
  /** Runs a program of the repository's own in the copy; standard output, if it went well. */
  const must = async (cwd, ...args) => {
    const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd, env });
    assert(code === 0, `${args.join(' ')} ended with ${code}: ${(stdout + stderr).slice(-3000)}`);
    return stdout;
  };
  const bin = (name) => join(ROOT, 'node_modules', name);
  const inPackage = (name, ...args) => must(join(copy, 'packages', name), ...args);
  const changed = () => {
    git('add', '-A');
    return lines(git('diff', '--cached', '--name-only'));
  };
  const commit = (message) => git('commit', '-qm', message);

  try {
    mkdirSync(copy);
    copyOf(ROOT, copy);
    git('init', '-q');
    git('add', '-A');
    commit('as it is');

    const touched = [];
    for (const [kind, addition] of Object.entries(KINDS))
      await checks.check(`adding a ${kind} touches at most ${addition.limit} files`, async () => {
        add(copy, kind, addition);
        await must(copy, bin('prettier/bin/prettier.cjs'), '--log-level=warn', '--write', ...changed());
        const files = changed();
        touched.push(...files);
        const units = unitsOf(files, kind);
        console.log(git('diff', '--cached', '--stat').trimEnd());
        commit(`a ${kind}`);
        assert(units.length <= addition.limit, `${units.length} files: ${units.join(', ')}`);
        return `${units.length}: ${units.join(', ')}`;
      });

    const packages = Object.values(KINDS).map((addition) => addition.package);
    await checks.check(`what was added builds, with types: ${packages.join(', ')}`, async () => {
      // The declarations of the last build stay: types are checked from the sources, of all packages at once.
      const program = { extends: './tsconfig.base.json', files: touched.filter((file) => file.endsWith('.ts')) };
      writeFileSync(join(copy, 'tsconfig.additions.json'), JSON.stringify(program));
      const builds = async () => {
        for (const name of packages)
          await inPackage(name, bin('tsup/dist/cli-default.js'), '--no-dts', '--no-clean', '--silent');
      };
      await Promise.all([builds(), must(copy, bin('typescript/bin/tsc'), '-p', 'tsconfig.additions.json')]);
      rmSync(join(copy, 'tsconfig.additions.json'));
    });

    for (const [kind, addition] of Object.entries(KINDS))
      await checks.check(`the ${kind} passes the suite of its contract`, async () => {
        const home = `packages/${addition.package}/`;
        const tests = (addition.test ?? addition.folder).slice(home.length);
        await inPackage(addition.package, bin('vitest/vitest.mjs'), 'run', tests);
        const report = JSON.parse(readFileSync(join(copy, home, '.vitest', 'report.json'), 'utf8'));
        const suite = `${kind} contract: ${addition.name}`;
        const ran = report.testResults.flatMap(({ assertionResults }) =>
          assertionResults.filter(
            ({ ancestorTitles, status }) =>
              ancestorTitles.some((title) => title.startsWith(suite)) && status === 'passed',
          ),
        );
        assert(ran.length > 0, `no test of '${suite}' ran`);
        return `${ran.length} tests`;
      });

    await checks.check('lists in README files and pages are written by a command', async () => {
      await must(copy, 'tools/lists.mjs');
      const written = changed();
      commit('lists');
      await must(copy, 'tools/lists.mjs', '--check');
      return `${written.length}: ${written.join(', ')}`;
    });

    const routeprofile = async (...args) =>
      JSON.parse(await must(work, join(copy, 'packages/cli/bin/routeprofile.js'), ...args, '--json', '--quiet'));
    await checks.check(`the command line reads a folder of the layout ${layout.name}`, async () => {
      await must(work, join(copy, 'packages/cli/bin/routeprofile.js'), 'sample', 'sample', '--quiet');
      writeScores(join(work, 'sample', 'outcomes.jsonl'), join(work, 'scores'));
      const { problems, summary } = await routeprofile('data', 'check', 'scores');
      assert(problems.length === 0 && summary.layout === layout.name, JSON.stringify({ problems, summary }));
      return `${summary.candidates.length} candidates`;
    });
    await checks.check(
      `the command line runs ${profile.name} × ${router.name}, and reports ${metric.name}`,
      async () => {
        const named = ['--profile', profile.name, '--router', router.name, '--encoder', 'hash'];
        const { rows, failed } = await routeprofile('run', '--data', 'scores', ...named, '--out', 'out');
        assert(failed.length === 0 && rows.length === 1, JSON.stringify(failed));
        const [{ profile: usedProfile, router: usedRouter, metrics }] = rows;
        assert(usedProfile === profile.name && usedRouter === router.name, `${usedProfile} × ${usedRouter}`);
        const value = metrics[metric.name];
        assert(Number.isFinite(value) && value <= metrics.avg_performance, `${metric.name} is ${value}`);
        return `${metric.name} ${value.toFixed(3)}`;
      },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The sample's outcomes in the layout that was added. */
function writeScores(from, folder) {
  const outcomes = lines(readFileSync(from, 'utf8')).map((line) => JSON.parse(line));
  const models = Object.keys(outcomes[0].models);
  const rows = outcomes.map(({ query, task, split, models: of }) => ({
    query,
    task,
    split,
    scores: models.map((model) => of[model]?.score ?? null),
  }));
  mkdirSync(folder);
  writeFileSync(join(folder, 'scores.json'), JSON.stringify({ models, rows }));
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const checks = new Checks();
  await additionChecks(checks);
  process.exit(checks.end());
}
