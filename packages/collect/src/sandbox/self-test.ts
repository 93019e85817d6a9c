import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RouteProfileError, z } from '@routeprofile/schema';
import { runChild } from './child.js';
import type { Launcher } from './launchers.js';
import type { Python } from './python.js';
import { filtersSockets, SOCKET_FAMILIES } from './socket-filter.js';

/** What a program in the sandbox reaches. Written against Python's standard library alone. */
const PROBE = `
import errno, json, os, socket, sys
asked = json.loads(sys.stdin.buffer.read().decode('utf-8'))
def works(action):
    try:
        action()
        return True
    except Exception:
        return False
def sees(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
def write(folder):
    path = os.path.join(folder, 'routeprofile-probe')
    open(path, 'w').close()
    os.unlink(path)
def opens(family):
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
        return True
    except OSError as error:
        return error.errno not in (errno.EAFNOSUPPORT, errno.EINVAL)
print(json.dumps({
    'network': works(lambda: socket.create_connection(('127.0.0.1', asked['port']), 1)),
    'hostFile': works(lambda: open(asked['file']).read()),
    'hostProcess': sees(asked['pid']),
    'writable': [folder for folder in asked['folders'] if works(lambda: write(folder))],
    'scratch': works(lambda: write('/tmp')),
    'environment': sorted(os.environ),
    'families': [family for family in range(64) if family not in asked['allowed'] and opens(family)],
    'machine': os.uname().machine,
}))
`;

const probeSchema = z.object({
  network: z.boolean(),
  hostFile: z.boolean(),
  hostProcess: z.boolean(),
  writable: z.array(z.string()),
  scratch: z.boolean(),
  environment: z.array(z.string()),
  families: z.array(z.number()),
  machine: z.string(),
});

/** Names the child may see: those handed to it and those that launchers and the C library add. */
const HARMLESS = new Set([
  'PATH',
  'LC_ALL',
  'LC_CTYPE',
  'PYTHONHASHSEED',
  'PYTHONDONTWRITEBYTECODE',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
]);

function leaksOf(seen: z.infer<typeof probeSchema>): string[] {
  const leaks: string[] = [];
  if (seen.network) leaks.push('it reaches the network');
  if (seen.hostFile) leaks.push("it reads this machine's files");
  if (seen.hostProcess) leaks.push("it sees this machine's processes");
  if (seen.writable.length > 0) leaks.push(`it may write to ${seen.writable.join(', ')}`);
  const names = seen.environment.filter((name) => !HARMLESS.has(name));
  if (names.length > 0) leaks.push(`it sees the environment (${names.join(', ')})`);
  if (!seen.scratch) leaks.push('its own /tmp does not take files');
  if (filtersSockets(seen.machine) && seen.families.length > 0)
    leaks.push(`it opens sockets of the families ${seen.families.join(', ')}`);
  return leaks;
}

/** What a sandbox was found to be: why it must not be used, or what it leaves open; both null when it closes everything. */
export interface Isolation {
  reason: string | null;
  /** A way out that cannot be closed on this machine. */
  open: string | null;
}

/**
 * Tries a launcher with a program that looks for every way out: a server of ours, a file of ours, our process, folders to write
 * to, the environment, sockets that no namespace holds in.
 */
export async function testIsolation(launcher: Launcher, python: Python): Promise<Isolation> {
  const folder = await mkdtemp(join(tmpdir(), 'routeprofile-probe-'));
  const server = createServer((socket) => socket.destroy());
  try {
    const file = join(folder, 'secret');
    // Readable to anyone, so that only the sandbox can be what hides it.
    await chmod(folder, 0o755);
    await writeFile(file, randomBytes(16).toString('hex'), { mode: 0o644 });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string')
      throw new RouteProfileError('INTERNAL', 'the probe server has no port');
    const folders = ['/', '/usr', '/dev', '/usr/lib', '/var/tmp', '/home', '/root', ...python.folders];
    const result = await runChild(launcher.command(python, PROBE), {
      input: JSON.stringify({ port: address.port, file, pid: process.pid, folders, allowed: SOCKET_FAMILIES }),
      timeout: 15_000,
    });
    const seen = probeSchema.safeParse(parseOrNull(result.stdout));
    if (!seen.success) {
      const why = result.stderr.trim().split('\n').at(-1) || (result.ended ?? result.exit);
      return { reason: `${python.executable} did not start in it: ${why}`, open: null };
    }
    const leaks = leaksOf(seen.data);
    const { machine } = seen.data;
    return {
      reason: leaks.length === 0 ? null : `does not isolate: ${leaks.join('; ')}`,
      open: filtersSockets(machine)
        ? null
        : `programs can open sockets of any family: there is no filter for ${machine}, only for x86_64 and aarch64`,
    };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
