import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { format } from 'prettier';

/** Keeps a document with the command and the machine that it came from. */
export async function record(file, name, command, document) {
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const [{ model: cpu }] = cpus();
  const machine = { cpu, cores: availableParallelism(), node: process.version };
  const own = { command, date: new Date().toISOString().slice(0, 10), ...machine, document };
  const sorted = Object.entries({ ...known, [name]: own }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, await format(JSON.stringify(Object.fromEntries(sorted)), { parser: 'json' }));
}
