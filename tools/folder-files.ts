// What tests compare of two folders that are to be alike.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file of a folder, by its place in it; a byte is a character. */
export function filesOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    if (statSync(path).isDirectory()) readdirSync(path).forEach((name) => visit(join(path, name)));
    else found[relative(folder, path)] = readFileSync(path, 'latin1');
  };
  visit(folder);
  return found;
}
