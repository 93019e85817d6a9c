// Sizes against the budgets in budgets.json. `node tools/release/check.mjs --budgets` sets them to today's sizes and 15 %.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { reachable } from './imports.mjs';

const BUDGETS = new URL('budgets.json', import.meta.url);
const HEAD_ROOM = 1.15;

/**
 * Bytes of a packed package.
 * @returns {{ packed: number, unpacked: number, entry: number }} the tarball; its files; the JavaScript of the package's own
 * that its main ESM entry can come to load, gzipped, without dependencies
 */
export function sizesOf({ folder, manifest, size, unpackedSize }) {
  const files = [...reachable(join(folder, manifest.exports['.'].import.default))].sort();
  const entry = gzipSync(Buffer.concat(files.map((file) => readFileSync(file))), { level: 9 }).length;
  return { packed: size, unpacked: unpackedSize, entry };
}

/** What is over budget, or has none. */
export function budgetProblems(name, sizes) {
  const budget = JSON.parse(readFileSync(BUDGETS, 'utf8'))[name];
  if (!budget) return [`${name} has no budget in tools/release/budgets.json`];
  return Object.entries(sizes)
    .filter(([what, bytes]) => !(bytes <= budget[what]))
    .map(([what, bytes]) => `${name}: ${what} is ${bytes} bytes, over its budget of ${budget[what]}`);
}

const roundUp = (bytes) => Math.ceil((bytes * HEAD_ROOM) / 1000) * 1000;

/** Writes new budgets. @param all sizes by package name */
export function writeBudgets(all) {
  const budgets = Object.fromEntries(
    Object.entries(all).map(([name, sizes]) => [
      name,
      Object.fromEntries(Object.entries(sizes).map(([what, bytes]) => [what, roundUp(bytes)])),
    ]),
  );
  writeFileSync(BUDGETS, `${JSON.stringify(budgets, null, 2)}\n`);
}

/** Bytes of all files below a folder. */
export function folderSize(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? folderSize(path) : entry.isFile() ? statSync(path).size : 0;
  }
  return bytes;
}
