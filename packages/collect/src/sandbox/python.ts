import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** A Python 3 that may be run in the sandbox. */
export interface Python {
  /** Path of the program itself: no link, no shim. */
  executable: string;
  /** Folders it needs beside the system's own. */
  folders: string[];
  version: string;
}

const ASK = `
import json, sys
print(json.dumps([sys.executable, sys.base_prefix, sys.base_exec_prefix, '%d.%d.%d' % sys.version_info[:3]]))
`;

/** Folders every sandbox shows, read-only, where the machine has them. */
export const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

const isSystem = (path: string) => SYSTEM_FOLDERS.some((folder) => path === folder || path.startsWith(`${folder}/`));

async function describePython(command: string): Promise<Python | null> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', ASK], { timeout: 10_000 });
    const [executable, ...rest] = JSON.parse(stdout) as [string, string, string, string];
    const version = rest.pop()!;
    if (!version.startsWith('3.')) return null;
    const program = await realpath(executable);
    const folders = [...new Set(rest)].filter((folder) => folder !== '/' && !isSystem(folder));
    return { executable: program, folders, version };
  } catch {
    // Not a Python, or not one that runs: the caller tries the next and says so when none is left.
    return null;
  }
}

/** Every Python 3 found on the PATH and in the usual places, each once. */
export async function findPythons(): Promise<Python[]> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const found = new Map<string, Python>();
  for (const folder of new Set([...path, '/usr/local/bin', '/usr/bin'])) {
    const python = await describePython(join(folder, 'python3'));
    if (python !== null && !found.has(python.executable)) found.set(python.executable, python);
  }
  return [...found.values()];
}
