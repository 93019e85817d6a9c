import { describe, expect, it } from 'vitest';
import type { Launcher } from './launchers.js';
import { findPythons } from './python.js';
import { whyNotIsolated } from './self-test.js';

// One that every user may run.
const python = (await findPythons()).find(({ executable }) => executable.startsWith('/usr/'));

describe.runIf(python !== undefined)('the self-test', () => {
  const launcher = (...before: string[]): Launcher => ({
    name: 'bwrap',
    command: ({ executable }, script = '') => [...before, executable, '-S', '-c', script],
  });

  it('sees through a sandbox that is none', async () => {
    const why = await whyNotIsolated(launcher('/usr/bin/env', 'HOME=/root'), python!);
    expect(why).toMatch(/it reaches the network; it reads this machine's files; it sees this machine's processes;/);
    expect(why).toMatch(/it may write to .*\/var\/tmp/);
    expect(why).toMatch(/it sees the environment \(HOME\)/);
  });

  it('says what did not start', async () => {
    expect(await whyNotIsolated(launcher('/nowhere/launcher'), python!)).toMatch(/did not start in it: .*ENOENT/);
    expect(await whyNotIsolated(launcher('not\0a path'), python!)).toMatch(/did not start in it: .*null bytes/);
    expect(await whyNotIsolated(launcher('/bin/false'), python!)).toMatch(/did not start in it: exit code 1/);
  });
});
