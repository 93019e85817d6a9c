// The tarball of @routeprofile/profiles, with those of the packages it imports, in an empty folder: a dataset folder
// becomes a profile set in ten lines, in ESM and in CJS.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, Checks } from './lib/checks.mjs';
import { routeprofileJson, runProcess } from './lib/process.mjs';

const WANTED = ['schema', 'data', 'tensor', 'encoders', 'graph', 'profiles'];

const esm = (data) => `import { buildProfileSet } from '@routeprofile/profiles/node';

const profiles = await buildProfileSet(${JSON.stringify(data)}, { profile: 'emb-gnn:hops=2' });
console.log(JSON.stringify({ models: profiles.models, rows: profiles.vectors.rows, cols: profiles.vectors.cols, finite: profiles.vectors.data.every(Number.isFinite) }));
`;
const cjs = (data) => `const { buildProfileSet } = require('@routeprofile/profiles/node');

buildProfileSet(${JSON.stringify(data)}, { profile: 'emb-gnn:hops=2' }).then((profiles) => {
  console.log(JSON.stringify({ models: profiles.models, rows: profiles.vectors.rows, cols: profiles.vectors.cols, finite: profiles.vectors.data.every(Number.isFinite) }));
});
`;

async function must(command, args, options) {
  const result = await runProcess(command, args, options);
  assert(
    result.code === 0,
    `${command} ${args.join(' ')} ended with ${result.code}: ${(result.stderr + result.stdout).slice(-2000)}`,
  );
  return result.stdout;
}

export async function packedChecks(checks) {
  const folder = mkdtempSync(join(tmpdir(), 'routeprofile-packed-'));
  try {
    await checks.check('the tarballs of profiles and what it imports install in an empty folder', async () => {
      await must('npm', [
        'pack',
        ...WANTED.flatMap((name) => ['-w', `@routeprofile/${name}`]),
        '--pack-destination',
        folder,
      ]);
      writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true }\n');
      const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
      assert(tarballs.length === WANTED.length, `${tarballs.length} tarballs were packed`);
      await must('npm', ['install', '--no-audit', '--no-fund', ...tarballs.map((name) => `./${name}`)], {
        cwd: folder,
      });
    });
    await routeprofileJson(['sample', join(folder, 'sample')]);
    for (const [kind, file, source] of [
      ['ESM', 'build.mjs', esm('sample')],
      ['CJS', 'build.cjs', cjs('sample')],
    ])
      await checks.check(`a profile set in ten lines, ${kind}`, async () => {
        assert(source.trim().split('\n').length <= 10, 'the script has more than ten lines');
        writeFileSync(join(folder, file), source);
        const set = JSON.parse(await must(process.execPath, [file], { cwd: folder }));
        assert(
          set.models.length >= 8 && set.rows === set.models.length && set.cols > 0 && set.finite,
          JSON.stringify(set),
        );
        return `${set.rows} models × ${set.cols}`;
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const checks = new Checks();
  await packedChecks(checks);
  process.exit(checks.end());
}
