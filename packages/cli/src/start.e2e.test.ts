import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/routeprofile.js', import.meta.url));
/** What draws reports, validates JSON and reads YAML, and what computes on tensors: large, and for some commands only. */
const LATE = ['@observablehq/plot', 'linkedom', 'ajv', 'yaml', '@tensorflow/tfjs-core', 'apache-arrow'];

const script = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
/** Writes the address of every module that is loaded to standard error. */
const HOOKS = script(
  `import { writeSync } from 'node:fs';
export const load = async (url, context, next) => (writeSync(2, url + '\\n'), next(url, context));`,
);
const REGISTER = script(`import { register } from 'node:module'; register(${JSON.stringify(HOOKS)});`);

it('starts without what only some commands need', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', REGISTER, BIN, '--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  const loaded = stderr.split('\n');
  expect(loaded.some((url) => url.includes('/commander/'))).toBe(true);
  expect(LATE.filter((name) => loaded.some((url) => url.includes(`/node_modules/${name}/`)))).toEqual([]);
});
