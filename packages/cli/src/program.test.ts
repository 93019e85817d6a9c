import { describe, expect, it } from 'vitest';
import { builtIns, runDefaults } from '@routeprofile/pipeline';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInPresets } from '@routeprofile/data';
import { PRESETS } from './program/data.js';
import { routeprofile, temporaryFolder } from './testing/harness.js';

const COMMANDS = [
  'run',
  'demo',
  'sample',
  'data',
  'graph',
  'profile',
  'router',
  'evaluate',
  'encoder',
  'route',
  'report',
  'serve',
  'plugins',
  'doctor',
  'new',
  'completion',
];

describe('command line', () => {
  it('helps', async () => {
    const { code, stdout } = await routeprofile(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(command);
  });

  it.each(COMMANDS)('helps with %s', async (command) => {
    const { code, stdout } = await routeprofile([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`routeprofile ${command}`);
  });

  it('names every preset of the import', () => {
    expect(PRESETS).toEqual(builtInPresets.map(({ name }) => name));
  });

  it('tells its version', async () => {
    expect((await routeprofile(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['fly'], 'fly'],
    [['run', '--fly'], '--fly'],
    [['run', '--mode', 'other'], 'standard'],
    [['run', '--seed', 'x'], 'whole number'],
    [['run', '--seed', '-1'], 'whole number'],
    [['run', '--split', '2'], 'between 0 and 1'],
    [['run'], '--data'],
    [['route', 'x'], '--router'],
    [['run', '--data', 'x', '--profile', 'nobody'], 'nobody'],
    [['run', '--data', 'x', '--router', 'knn:k=5,temperature=0.1'], 'not a comma: knn:k=5:temperature=0.1'],
    [['run', '--data', 'x', '--router', 'Knn'], "Did you mean 'knn' rather than 'Knn'?"],
    [['run', '--data', 'x', '--router', 'toString'], 'no router called toString'],
    [['run', '--data', 'x', '--profile', '__proto__'], 'no profile called __proto__'],
    [['run', '--data', 'x', '--router', 'constructor'], 'no router called constructor'],
    [['run', '--data', 'x', '--profile', 'emb-gnn:hops=-1'], 'hops'],
    [['run', '--data', 'x', '--profile', 'emb-gnn:depth=1'], 'depth'],
    [['run', '--data', 'x', '--graph', 'circle'], 'circle'],
    [['run', '--data', '/nowhere/at/all', '--out', '/tmp/routeprofile-never'], 'nowhere'],
    [['report', '/nowhere/at/all'], 'nowhere'],
  ])('refuses bad usage with exit code 2 and one message: %j', async (args, named) => {
    const { code, stdout, stderr } = await routeprofile(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(named);
    expect(stderr).not.toContain('    at ');
  });

  it('completes words in bash', async () => {
    const { stdout } = await routeprofile(['completion', '--shell', 'bash']);
    const folder = temporaryFolder();
    try {
      const script = join(folder.path, 'complete.bash');
      writeFileSync(
        script,
        `${stdout}\nCOMP_WORDS=(routeprofile data ch)\nCOMP_CWORD=2\n_routeprofile\necho "\${COMPREPLY[@]}"\nCOMP_WORDS=(routeprofile ru)\nCOMP_CWORD=1\n_routeprofile\necho "\${COMPREPLY[@]}"\n`,
      );
      expect(execFileSync('bash', [script], { encoding: 'utf8' })).toBe('check\nrun\n');
    } finally {
      folder.remove();
    }
  });

  it('completes the names of strategies in bash, after a comma and after a + too', async () => {
    const { stdout } = await routeprofile(['completion', '--shell', 'bash']);
    const folder = temporaryFolder();
    try {
      const script = join(folder.path, 'complete.bash');
      const words = (line: string, at: number) =>
        `COMP_WORDS=(${line})\nCOMP_CWORD=${at}\n_routeprofile\necho "\${COMPREPLY[@]}"\n`;
      writeFileSync(
        script,
        stdout +
          words('routeprofile run --profile adv', 3) +
          words('routeprofile run --router knn,two', 3) +
          words('routeprofile run --router knn+ca', 3) +
          words('routeprofile data import --preset pr', 4),
      );
      expect(execFileSync('bash', [script], { encoding: 'utf8' })).toBe(
        'advantage\nknn,two-stage\nknn+calibrate knn+cascade\npromptfoo\n',
      );
    } finally {
      folder.remove();
    }
  });

  it('names everything that is built in wherever names are listed', async () => {
    const [help, listing, doctor, bash, fish] = await Promise.all([
      routeprofile(['run', '--help']),
      routeprofile(['plugins']),
      routeprofile(['doctor', '--encoder', 'hash']),
      routeprofile(['completion', '--shell', 'bash']),
      routeprofile(['completion', '--shell', 'fish']),
    ]);
    for (const { kind, name } of builtIns()) {
      expect(listing.stdout).toMatch(new RegExp(`^${kind} .*\\b${name}\\b`, 'm'));
      expect(doctor.stdout).toMatch(new RegExp(`${kind}s .*\\b${name}\\b`));
      if (kind === 'grader') {
        expect((await routeprofile(['collect', '--help'])).stdout).toMatch(new RegExp(`\\b${name}\\b`));
        continue;
      }
      if (kind === 'metric') continue; // Reports hold them all; no flag names one.
      for (const { stdout } of [help, bash, fish]) expect(stdout).toMatch(new RegExp(`\\b${name}\\b`));
    }
    for (const value of Object.values(runDefaults()))
      expect(help.stdout.replaceAll(/\s+/g, ' ')).toContain(`default: ${value}`);
    expect(help.stdout.match(/^ {2}routeprofile run /gm)).toHaveLength(2);
  });

  it('shows the options of one strategy with what they accept and their defaults', async () => {
    const { code, stdout } = await routeprofile(['plugins', 'cost']);
    expect(code).toBe(0);
    expect(stdout).toContain('wrapper ROUTER+cost');
    expect(stdout).toMatch(/calibration +auto, temperature or isotonic +default: auto/);
    const unknown = await routeprofile(['plugins', 'toString']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("nothing built in is called 'toString'");
  });

  it.each(['zsh', 'fish'])('writes completion for %s', async (shell) => {
    const { code, stdout } = await routeprofile(['completion', '--shell', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('doctor');
  });
});
