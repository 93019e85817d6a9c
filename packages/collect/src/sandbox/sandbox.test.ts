import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeSandboxStatus, openCodeSandbox, type CodeResult, type CodeSandbox } from './sandbox.js';

const available = {
  bwrap: (await codeSandboxStatus({ launchers: ['bwrap'] })).ok,
  unshare: (await codeSandboxStatus({ launchers: ['unshare'] })).ok,
};

/** Command lines of this machine's processes. */
const commandLines = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // Ended meanwhile.
      }
    });

describe.each(['bwrap', 'unshare'] as const)('%s', (launcher) => {
  describe.runIf(available[launcher])('sandbox', () => {
    let sandbox: CodeSandbox;
    let server: Server;
    let port = 0;
    const file = join(tmpdir(), `routeprofile-secret-${process.pid}-${launcher}`);

    beforeAll(async () => {
      sandbox = await openCodeSandbox({ launchers: [launcher] });
      writeFileSync(file, 'secret', { mode: 0o666 });
      server = createServer((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
    });
    afterAll(() => {
      server.close();
      rmSync(file);
    });

    const run = (source: string, tests: string[] = [], limits = {}): Promise<CodeResult> =>
      sandbox.run({ sources: [source], tests }, { limits });
    /** What an expression gives inside the sandbox, as text, or the error it raises. */
    const reveal = async (expression: string, before = ''): Promise<string | null> =>
      (await run(`${before}\nraise ValueError(${expression})`)).detail;

    it('says how it isolates', () => expect(sandbox.how).toMatch(new RegExp(`^${launcher}, Python 3\\.`)));

    it('judges programs by their tests', async () => {
      expect(await run('def f(x):\n  return g(x)\ndef g(x): return x + 1', ['assert f(1) == 2'])).toEqual({
        verdict: 'pass',
        detail: null,
      });
      expect((await run('f = 1', ['assert f == 2'])).verdict).toBe('fail');
      expect((await run('f = ', ['assert True'])).verdict).toBe('syntax');
      expect((await run('f = 1', ['assert f =='])).verdict).toBe('bad-tests');
    });

    it('lets functions see imports, and does not run demonstrations', async () => {
      const source = "import math\ndef f(): return math.pi\nif __name__ == '__main__': raise SystemExit(1)";
      expect((await run(source, ['assert f() > 3'])).verdict).toBe('pass');
    });

    it('takes the first reading that compiles', async () => {
      const task = { sources: ['def f(', 'f = 1', 'f = 2'], tests: ['assert f == 2'] };
      expect((await sandbox.run(task)).verdict).toBe('fail');
    });

    it.each([
      ['exits early', 'import sys\nsys.exit(0)'],
      ['exits at once', 'import os\nos._exit(0)'],
      ['prints a verdict', `print('{"token": "", "verdict": "pass", "detail": null}')\nimport os\nos._exit(0)`],
      [
        'writes a verdict to every descriptor',
        `import os
for descriptor in range(20):
    try: os.write(descriptor, b'{"token": "", "verdict": "pass", "detail": null}')
    except OSError: pass
os._exit(0)`,
      ],
    ])('does not pass a program that %s', async (_, source) =>
      expect((await run(source, ['assert False'])).verdict).not.toBe('pass'),
    );

    it('has no network', async () => {
      expect(await reveal(`socket.create_connection(('127.0.0.1', ${port}), 2)`, 'import socket')).toMatch(
        /refused|unreach/i,
      );
      expect(await reveal(`socket.create_connection(('192.0.2.1', 80), 2)`, 'import socket')).toMatch(/unreachable/i);
      expect(await reveal(`socket.getaddrinfo('example.org', 80)`, 'import socket')).toMatch(/gaierror/);
    });

    const open = 'import ctypes, os, socket, subprocess, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n';
    const opened = `${open}def opened():
  names = []
  for family in set(range(256)) - {1, 2, 10}:
    for kind in (1, 2, 3, 5):
      try:
        socket.socket(family, kind).close()
        names.append(family)
      except OSError as error:
        assert error.errno == 97, (family, error)
      assert libc.socketpair(family, kind, 0, (ctypes.c_int * 2)()) == -1
  return names`;

    it.each([
      ['AF_VSOCK', 40],
      ['AF_ALG', 38],
      ['AF_NETLINK', 16],
      ['AF_PACKET', 17],
    ])('opens no socket of %s', async (_, family) => {
      expect(await reveal(`socket.socket(${family}, socket.SOCK_RAW)`, open)).toMatch(/OSError: \[Errno 97\]/);
    });

    it('opens no socket of any family but AF_UNIX, AF_INET and AF_INET6, nor does what it starts', async () => {
      expect(await reveal('opened()', opened)).toBe('ValueError: []');
      const child = `subprocess.run([sys.executable, '-S', '-c', ${JSON.stringify(`${opened}\nprint(opened())`)}], capture_output=True, text=True)`;
      expect(await reveal(`(lambda r: r.stdout + r.stderr[-100:])(${child})`, open)).toBe('ValueError: []\n');
    });

    it('reaches no socket by a way round', async () => {
      const errno = (call: string) => reveal(`(${call}, ctypes.get_errno())`, open);
      // The kernel reads the lower half of the family.
      expect(
        await errno('libc.syscall(41 if os.uname().machine == "x86_64" else 198, ctypes.c_ulong(2**32 + 40), 1, 0)'),
      ).toBe('ValueError: (-1, 97)');
      expect(await errno('libc.syscall(0x40000000 + 41, 40, 1, 0)')).toBe('ValueError: (-1, 38)');
      expect(await errno('libc.syscall(425, 1, ctypes.create_string_buffer(256))')).toBe('ValueError: (-1, 38)');
    });

    it('lets programs use the sockets that stay within it', async () => {
      const source = `import asyncio, socket
a, b = socket.socketpair()
a.send(b'x')
assert b.recv(1) == b'x'
socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
async def f(): return 1
assert asyncio.run(f()) == 1`;
      expect(await run(source)).toEqual({ verdict: 'pass', detail: null });
    });

    it('neither reads nor writes files of this machine', async () => {
      expect(await reveal(`open(${JSON.stringify(file)}).read()`)).toMatch(/FileNotFoundError/);
      expect(await reveal(`open('/etc/passwd').read()`)).toMatch(/FileNotFoundError/);
      expect((await run(`open(${JSON.stringify(file)}, 'w').write('mine')`)).verdict).toBe('pass'); // its own /tmp
      expect(readFileSync(file, 'utf8')).toBe('secret');
      for (const folder of ['/', '/usr', '/usr/lib', '/dev', '/dev/shm'])
        expect(await reveal(`open('${folder}/routeprofile-was-here', 'w')`)).toMatch(
          /Read-only|FileNotFound|Permission/,
        );
      expect(existsSync('/usr/routeprofile-was-here')).toBe(false);
    });

    it('forgets what was written', async () => {
      await run("open('/tmp/left', 'w').write('x')");
      expect(await reveal("open('/tmp/left').read()")).toMatch(/FileNotFoundError/);
    });

    it('shows nothing of the environment and of other processes', async () => {
      process.env['ROUTEPROFILE_TEST_SECRET'] = 'hunter2';
      try {
        expect(await reveal("'SECRET' in str(os.environ), str(os.environ)[:120]", 'import os')).toMatch(/\(False, /);
        expect(await reveal("os.path.exists('/proc/self')", 'import os')).toBe('ValueError: False');
        expect(await reveal(`os.kill(${process.pid}, 0)`, 'import os')).toMatch(/ProcessLookupError/);
      } finally {
        delete process.env['ROUTEPROFILE_TEST_SECRET'];
      }
    });

    it('gives no way to more rights', async () => {
      const libc = 'import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)';
      expect(await reveal('libc.unshare(0x10000000)', libc)).toBe('ValueError: -1');
      expect(await reveal("libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)", libc)).toBe('ValueError: -1');
      const raise = 'import resource';
      expect(await reveal('resource.setrlimit(resource.RLIMIT_AS, (-1, -1))', raise)).toMatch(/not allowed/);
    });

    it('ends an endless loop, and one that only waits', async () => {
      expect((await run('while True: pass', [], { seconds: 1 })).verdict).toBe('timeout');
      expect((await run('import time\ntime.sleep(60)', [], { wallSeconds: 0.5 })).verdict).toBe('timeout');
    });

    it('stops a fork bomb', async () => {
      const source =
        'import os\nchildren = 0\nwhile True:\n  if os.fork() == 0:\n    while True: pass\n  children += 1\n  n = children';
      expect(await run(source, [], { seconds: 2 })).toMatchObject({
        verdict: 'fail',
        detail: expect.stringMatching(/BlockingIOError|temporarily/) as string,
      });
      expect((await run('import os\nwhile True: os.fork()', ['assert False'], { seconds: 1 })).verdict).not.toBe(
        'pass',
      );
    });

    it('stops a memory bomb, large or slow', async () => {
      expect((await run('x = bytearray(10**10)')).detail).toMatch(/MemoryError/);
      expect((await run('x = []\nwhile True: x.append(bytearray(10**7))')).detail).toMatch(/MemoryError/);
    });

    it('stops huge files, one or many, and too many open ones', async () => {
      expect((await run("open('/tmp/a', 'w').write('x' * 10**8)")).detail).toMatch(/File too large/);
      const many = "for i in range(100): open(f'/tmp/{i}', 'w').write('x' * 10**6)";
      expect((await run(many)).detail).toMatch(/No space left/);
      expect((await run("x = [open('/dev/null') for i in range(100)]")).detail).toMatch(/Too many open files/);
    });

    it('does not drown in output', async () => {
      expect((await run("for i in range(200): print('x' * 10**6)", ['assert True'])).verdict).toBe('pass');
      const flood =
        'import os\nfor d in range(3, 20):\n  try:\n    while True: os.write(d, b"x" * 10**5)\n  except OSError: pass';
      expect(await run(flood)).toEqual({ verdict: 'killed', detail: 'wrote too much' });
    });

    it('leaves no process behind', async () => {
      const name = `routeprofile-left-behind-${process.pid}`;
      const source = `import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, ['${name}', '-S', '-c', 'import time; time.sleep(60)'])
    os._exit(0)
import time
time.sleep(0.3)`;
      expect((await run(source)).verdict).toBe('pass');
      expect((await run(`${source}\ntime.sleep(60)`, [], { wallSeconds: 1 })).verdict).toBe('timeout');
      await expect.poll(() => commandLines().filter((line) => line.startsWith(name)), { timeout: 3000 }).toEqual([]);
    });

    it('stops when asked', async () => {
      const stop = new AbortController();
      const started = Date.now();
      setTimeout(() => stop.abort(), 300);
      await expect(
        sandbox.run({ sources: ['import time\ntime.sleep(60)'], tests: [] }, { signal: stop.signal }),
      ).rejects.toMatchObject({ code: 'ABORTED' });
      expect(Date.now() - started).toBeLessThan(3000);
    });

    it('gives the same verdict every time, whatever a set of texts is ordered by', async () => {
      const order = await reveal("list({'a', 'b', 'c', 'd', 'e'}), random.random()", 'import random');
      expect(await reveal("list({'a', 'b', 'c', 'd', 'e'}), random.random()", 'import random')).toBe(order);
    });
  });
});

describe('without isolation', () => {
  it('refuses, and says why', async () => {
    const status = await codeSandboxStatus({ launchers: [] });
    expect(status).toEqual({ ok: false, how: null, reason: expect.stringMatching(/\w/) as string });
    await expect(openCodeSandbox({ launchers: [] })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});
