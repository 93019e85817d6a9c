// A local npm registry for the scope @routeprofile, over packed tarballs: `npm install @routeprofile/profiles` and
// `npx @routeprofile/cli` work in an empty folder as they will once published. Everything else comes from npm's own registry.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from './checks.mjs';
import { runProcess } from './process.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCOPE = '@routeprofile';

async function must(command, args, options) {
  const result = await runProcess(command, args, options);
  assert(result.code === 0, `${command} ${args.join(' ')} ended with ${result.code}: ${result.stderr.slice(-2000)}`);
  return result.stdout;
}

/** Packs every package under `packages/`, built before, into `folder`; gives the tarballs' paths. */
async function packAll(folder, root = ROOT) {
  const workspaces = readdirSync(join(root, 'packages')).flatMap((name) => ['-w', `${SCOPE}/${name}`]);
  await must('npm', ['pack', ...workspaces, '--pack-destination', folder], { cwd: root });
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(folder, name));
}

async function versionOf(tarball) {
  const bytes = readFileSync(tarball);
  const manifest = JSON.parse(await must('tar', ['-xOzf', tarball, 'package/package.json']));
  const hash = (algorithm, encoding) => createHash(algorithm).update(bytes).digest(encoding);
  return { manifest, tarball, integrity: `sha512-${hash('sha512', 'base64')}`, shasum: hash('sha1', 'hex') };
}

/** What npm asks a registry for: all versions of one package, each with where its tarball lies. */
function packument(versions, address) {
  const entries = versions.map(({ manifest, tarball, integrity, shasum }) => [
    manifest.version,
    { ...manifest, dist: { tarball: `${address}tarballs/${basename(tarball)}`, integrity, shasum } },
  ]);
  return {
    name: versions[0].manifest.name,
    'dist-tags': { latest: versions.at(-1).manifest.version },
    versions: Object.fromEntries(entries),
  };
}

async function serve(tarballs) {
  const versions = await Promise.all(tarballs.map(versionOf));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).slice(1);
    const address = `http://127.0.0.1:${server.address().port}/`;
    const file = tarballs.find((tarball) => path === `tarballs/${basename(tarball)}`);
    const found = versions.filter(({ manifest }) => manifest.name === path);
    response.setHeader('cache-control', 'no-store');
    if (file) response.end(readFileSync(file));
    else if (found.length > 0) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(packument(found, address)));
    } else {
      response.statusCode = 404;
      response.end('{}');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/**
 * A cache of its own for `npx`, which would otherwise go on running what it installed under the same version before;
 * what npm has downloaded is shared with the user's cache.
 */
async function npmCache(folder) {
  const shared = join((await must('npm', ['config', 'get', 'cache'], { cwd: tmpdir() })).trim(), '_cacache');
  mkdirSync(shared, { recursive: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(shared, join(folder, '_cacache'), 'junction');
  return folder;
}

/**
 * Runs `body({ env, tarballs, address })` while the registry is up.
 * @param {(registry: { env: Record<string, string>, tarballs: string[], address: string }) => Promise<T>} body processes
 *   given `env` see the registry; `npx` asks them nothing
 * @param {{ tarballs?: string[] }} options tarballs to serve; without them, those of this repository are packed
 * @returns {Promise<T>}
 * @template T
 */
export async function withRegistry(body, { tarballs } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'routeprofile-registry-'));
  let server;
  try {
    const served = tarballs ?? (await packAll(folder));
    server = await serve(served);
    const address = `http://127.0.0.1:${server.address().port}/`;
    const env = {
      [`npm_config_${SCOPE}:registry`]: address,
      npm_config_cache: await npmCache(join(folder, 'npm')),
      npm_config_yes: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    };
    return await body({ env, tarballs: served, address });
  } finally {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
