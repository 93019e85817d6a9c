// A Postgres of their own for tests: of the one that is installed, in a temporary folder, without disk syncs.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A server that tests may stop and kill. */
export interface TestPostgres {
  /** `postgres://` without a password. */
  readonly url: string;
  readonly port: number;
  /** Waits until it takes statements. */
  start(): Promise<void>;
  /** Kills it as `kill -9` does. */
  kill(): Promise<void>;
  /** What `pg_ctl restart -m MODE` does. @param down milliseconds for which it is away. Default 0 */
  restart(mode: 'fast' | 'immediate', down?: number): Promise<void>;
  /** Stops it, and deletes its folder. */
  remove(): Promise<void>;
}

/** Where Debian and its kin keep the programs of each version. */
const VERSIONS = '/usr/lib/postgresql';
const OLDEST = 15;

/** The folder of the newest Postgres that is installed; undefined where there is none of version 15 or newer. */
function installedPostgres(): string | undefined {
  const found = existsSync(VERSIONS) ? readdirSync(VERSIONS).map(Number) : [];
  const newest = Math.max(...found.filter((version) => version >= OLDEST));
  const folder = join(VERSIONS, String(newest), 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

/**
 * Whether tests of Postgres run here. Where `ROUTEPROFILE_POSTGRES` is `required`, as in CI, its absence is an error.
 * @throws Error
 */
export function hasPostgres(): boolean {
  const installed = installedPostgres() !== undefined;
  if (!installed && process.env['ROUTEPROFILE_POSTGRES'] === 'required')
    throw new Error(
      'Postgres 15 or newer is not installed, and ROUTEPROFILE_POSTGRES=required: apt-get install postgresql',
    );
  return installed;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Postgres refuses to run as root. */
function userOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** @param settings of `postgresql.conf` */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const bin = installedPostgres();
  if (bin === undefined) throw new Error('Postgres is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'routeprofile-postgres-'));
  const user = userOfServer();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(bin, 'initdb'), initdb, { cwd: folder, ...user });
  const port = await freePort();
  const all = { fsync: 'off', listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server: ChildProcess | undefined;
  const ended = async (signal: NodeJS.Signals) => {
    const stopped = server;
    server = undefined;
    if (stopped === undefined || stopped.exitCode !== null) return;
    const gone = new Promise((resolve) => stopped.once('exit', resolve));
    stopped.kill(signal);
    await gone;
  };
  const started: TestPostgres = {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    async start() {
      const next = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...flags], {
        ...{ cwd: folder, ...user },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      server = next;
      let said = '';
      await new Promise<void>((resolve, reject) => {
        next.stderr.on('data', (bytes: Buffer) => {
          said += bytes.toString();
          if (said.includes('ready to accept connections')) resolve();
        });
        next.once('exit', () => reject(new Error(`Postgres ended: ${said}`)));
      });
    },
    kill: () => ended('SIGKILL'),
    async restart(mode, down = 0) {
      await ended(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await new Promise((resolve) => setTimeout(resolve, down));
      await started.start();
    },
    async remove() {
      await ended('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await started.start();
  return started;
}
