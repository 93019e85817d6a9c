import { describe, expect, it } from 'vitest';
import { LAUNCHERS, type Launcher } from './launchers.js';
import { findPythons } from './python.js';
import { testIsolation } from './self-test.js';

// One that every user may run.
const python = (await findPythons()).find(({ executable }) => executable.startsWith('/usr/'));

describe.runIf(python !== undefined)('the self-test', () => {
  const launcher = (...before: string[]): Launcher => ({
    name: 'bwrap',
    command: ({ executable }, script = '') => [...before, executable, '-S', '-c', script],
  });

  it('sees through a sandbox that is none', async () => {
    const { reason: why } = await testIsolation(launcher('/usr/bin/env', 'HOME=/root'), python!);
    expect(why).toMatch(/it reaches the network; it reads this machine's files; it sees this machine's processes;/);
    expect(why).toMatch(/it may write to .*\/var\/tmp/);
    expect(why).toMatch(/it sees the environment \(HOME\)/);
    expect(why).toMatch(/it opens sockets of the families .*\b16\b/);
  });

  it('says what did not start', async () => {
    expect((await testIsolation(launcher('/nowhere/launcher'), python!)).reason).toMatch(
      /did not start in it: .*ENOENT/,
    );
    expect((await testIsolation(launcher('not\0a path'), python!)).reason).toMatch(/did not start in it: .*null bytes/);
    expect((await testIsolation(launcher('/bin/false'), python!)).reason).toMatch(/did not start in it: exit code 1/);
  });

  describe.each(LAUNCHERS)('with $name', (real) => {
    /** The launcher, with Python that first runs `before`. */
    const after = (before: string): Launcher => ({
      name: real.name,
      command: (with_, script) => {
        const command = real.command(with_, script);
        return [...command.slice(0, -1), `${before}\n${command.at(-1)}`];
      },
    });
    const works = async () => (await testIsolation(real, python!)).reason === null;

    it('refuses a Python that cannot restrict sockets', async ({ skip }) => {
      if (!(await works())) skip(`${real.name} does not isolate here`);
      const without = after("import sys; sys.modules['ctypes'] = None");
      expect((await testIsolation(without, python!)).reason).toMatch(/this Python has no ctypes/);
    });

    it('says what is not closed on a machine without a filter', async ({ skip }) => {
      if (!(await works())) skip(`${real.name} does not isolate here`);
      const elsewhere = after("import os, types; os.uname = lambda: types.SimpleNamespace(machine='riscv64')");
      const { reason, open } = await testIsolation(elsewhere, python!);
      expect(reason).toBeNull();
      expect(open).toMatch(/sockets of any family: there is no filter for riscv64/);
    });
  });
});
