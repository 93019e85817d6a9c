// Plugins and programs as their authors and users meet them: the packages of examples/ and packages written by `routeprofile new`, tested
// and built where only the published packages are installed, then installed from tarballs and used by name from the command
// line, the config file and the API.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, Checks } from './lib/checks.mjs';
import { runProcess } from './lib/process.mjs';
import { withRegistry } from './lib/registry.mjs';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const ROUTER = 'routeprofile-router-linucb';
const PROFILE = 'routeprofile-profile-all-but-the-top';
const WRITTEN = 'my-router';

/** The same run three times; each way adds its own output folder. */
const CONFIG = {
  data: 'sample',
  encoder: 'hash',
  profile: ['flat', `${PROFILE}:remove=2`],
  router: ['sim', `${ROUTER}:ridge=5`, WRITTEN],
};

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** What two runs have in common, whatever they were started by. */
const resultsOf = ({ rows, baselines, failed }) => JSON.stringify({ rows, baselines, failed });

export async function pluginChecks(checks, npmEnv) {
  const work = mkdtempSync(join(tmpdir(), 'routeprofile-plugins-'));
  const project = join(work, 'project');
  const env = { ...npmEnv, ROUTEPROFILE_CACHE: join(work, 'cache') };

  /** Runs a command to its end in a folder; standard output, if it went well. */
  const must = async (cwd, command, ...args) => {
    const { code, stdout, stderr } = await runProcess(command, args, { cwd, env });
    assert(code === 0, `${command} ${args.join(' ')} ended with ${code}: ${(stdout + stderr).slice(-3000)}`);
    return stdout;
  };
  const npm = (cwd, ...args) => must(cwd, 'npm', ...args);
  const install = (cwd, ...what) => npm(cwd, 'install', '--prefer-offline', ...what);
  /** The installed command, by its path: the same from any folder. */
  const bin = join(project, 'node_modules', '.bin', 'routeprofile');
  const routeprofile = async (cwd, ...args) => JSON.parse(await must(cwd, bin, ...args, '--json', '--quiet'));

  try {
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "name": "uses-plugins", "private": true, "type": "module" }\n');
    const { devDependencies } = manifestOf(join(EXAMPLES, 'plugin-router'));
    const tools = Object.entries(devDependencies).map(([name, range]) => `${name}@${range}`);

    await checks.check('the command line installs in an empty project', () =>
      install(project, '@routeprofile/cli', ...tools).then(() => undefined),
    );

    for (const example of ['plugin-router', 'plugin-profile'])
      await checks.check(`examples/${example}: types, tests, tarball`, async () => {
        const folder = join(project, example);
        cpSync(join(EXAMPLES, example), folder, {
          recursive: true,
          filter: (path) => !/[\\/](node_modules|dist)$/.test(path),
        });
        const manifest = manifestOf(folder);
        assert(
          JSON.stringify(manifest.devDependencies) === JSON.stringify(devDependencies),
          `its tools are not those that were installed: ${JSON.stringify(manifest.devDependencies)}`,
        );
        // Packing builds.
        await Promise.all([npm(folder, 'test'), npm(folder, 'run', 'typecheck')]);
        await npm(folder, 'pack', '--pack-destination', project);
      });

    await checks.check('examples/ai-sdk-chat: a program of the AI SDK: types, tests', async () => {
      const folder = join(work, 'ai-sdk-chat');
      cpSync(join(EXAMPLES, 'ai-sdk-chat'), folder, {
        recursive: true,
        filter: (path) => !/[\\/](node_modules|dist)$/.test(path),
      });
      await install(folder);
      await Promise.all([npm(folder, 'test'), npm(folder, 'run', 'typecheck')]);
    });

    await checks.check('`new router` writes a package that installs, passes its tests and builds', async () => {
      const { files } = await routeprofile(work, 'new', 'router', WRITTEN);
      const folder = join(work, WRITTEN);
      await install(folder);
      await Promise.all([npm(folder, 'test'), npm(folder, 'run', 'typecheck')]);
      await npm(folder, 'run', 'build');
      await npm(folder, 'pack', '--ignore-scripts', '--pack-destination', project);
      return `${files.length} files`;
    });

    await checks.check(
      '`new profile`, `new encoder` and `new metric` write packages that pass their tests',
      async () => {
        // The frame is the router's, which was installed and built above: here one type check and one test run serve all three.
        const kinds = ['profile', 'encoder', 'metric'];
        for (const kind of kinds) await routeprofile(project, 'new', kind, `my-${kind}`);
        const folders = kinds.map((kind) => `my-${kind}`);
        const types = { extends: `./${folders[0]}/tsconfig.json`, include: folders.map((folder) => `${folder}/src`) };
        writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(types));
        await Promise.all([
          must(project, 'npx', 'vitest', 'run', ...folders.map((folder) => `${folder}/src`)),
          must(project, 'npx', 'tsc', '-p', 'tsconfig.json'),
        ]);
      },
    );

    await checks.check('plugins install from their tarballs, and are listed without being run', async () => {
      const tarballs = readdirSync(project).filter((name) => name.endsWith('.tgz'));
      await install(project, ...tarballs.map((name) => `./${name}`));
      const { installed } = await routeprofile(project, 'plugins');
      const listed = installed.map((plugin) => plugin.package);
      for (const name of [ROUTER, PROFILE, WRITTEN]) assert(listed.includes(name), `${name} is not among ${listed}`);
    });

    const reports = {};
    const keep = (way, report) => {
      const labels = report.rows.map(({ label }) => label);
      assert(
        report.failed.length === 0 && labels.length === CONFIG.profile.length * CONFIG.router.length,
        `cells: ${labels.join(', ')}; failed: ${JSON.stringify(report.failed)}`,
      );
      reports[way] = resultsOf(report);
      return `${labels.length} cells`;
    };
    await checks.check('by name on the command line, in workers', async () => {
      await must(project, bin, 'sample', 'sample', '--quiet');
      const { data, encoder, profile, router } = CONFIG;
      const flags = ['--data', data, '--encoder', encoder, '--profile', profile.join(), '--router', router.join()];
      return keep('cli', await routeprofile(project, 'run', ...flags, '--jobs', '2', '--out', 'by-cli'));
    });
    await checks.check('by name in the config file', async () => {
      const config = JSON.stringify({ ...CONFIG, out: 'by-config' }, null, 2);
      const source = `import { defineConfig } from '@routeprofile/cli';\n\nexport default defineConfig(${config});\n`;
      writeFileSync(join(project, 'routeprofile.config.ts'), source);
      return keep('config', await routeprofile(project, 'run'));
    });
    await checks.check('by name from the API', async () => {
      const config = JSON.stringify({ ...CONFIG, out: 'by-api' });
      const source = `import { run } from '@routeprofile/pipeline';\n\nconst { report } = await run(${config});\nconsole.log(JSON.stringify(report));\n`;
      writeFileSync(join(project, 'by-api.mjs'), source);
      return keep('api', JSON.parse(await must(project, process.execPath, 'by-api.mjs')));
    });
    await checks.check('the three ways give the same results', async () => {
      const ways = Object.keys(reports);
      assert(ways.length === 3, `only ${ways.join(', ')} gave results`);
      assert(new Set(Object.values(reports)).size === 1, 'they differ');
    });

    for (const name of [ROUTER, WRITTEN])
      await checks.check(`a saved ${name} routes a query`, async () => {
        const routers = readdirSync(join(project, 'by-cli', 'routers'));
        const folder = routers.find((folder) => folder.includes(name));
        assert(folder !== undefined, `no router of it among ${routers.join(', ')}`);
        const saved = join('by-cli', 'routers', folder);
        const named = ['--router', saved, '--plugin', name];
        const { model, ranked } = await routeprofile(project, 'route', ...named, 'What is 17 * 3?');
        assert(ranked[0].model === model && ranked.length > 1, JSON.stringify(ranked));
        return model;
      });

    await checks.check('plugins by file path, as they are written: a profile and an encoder', async () => {
      const flags = ['--profile', './my-profile/src/index.ts', '--encoder', './my-encoder/src/index.ts:64'];
      const report = await routeprofile(project, 'run', ...flags, '--router', WRITTEN, '--out', 'by-path');
      assert(report.failed.length === 0 && report.rows.length === 1, JSON.stringify(report.failed));
      assert(report.encoder === 'my-encoder:64', `the encoder is ${report.encoder}`);
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const checks = new Checks();
  await withRegistry(({ env }) => pluginChecks(checks, env));
  process.exit(checks.end());
}
