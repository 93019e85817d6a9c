import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { messageOf, RouteProfileError } from '@routeprofile/schema';
import { formatJson, parseJson } from '../disk/json.js';
import { Problems } from '../disk/problems.js';
import { decodeText, modifiedAt, readBytes, readError } from '../disk/read.js';
import { parseModelProfile, type ModelProfile } from './profile.js';

const ENDINGS = new Set(['.yaml', '.yml', '.json']);
/** A profile is a page of text. */
const MAX_BYTES = 2 ** 20;

/** A profile and the file it is from. */
export interface ReadProfile extends ModelProfile {
  path: string;
  /** When the file was last written. */
  modified: Date;
}

/** YAML → plain JSON values: cycles, numbers that are not finite and warnings of the parser are errors. */
async function yamlValue(text: string, label: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  try {
    const document = parseDocument(text, { stringKeys: true });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw problem;
    return JSON.parse(formatJson(document.toJS() as unknown, label)) as unknown;
  } catch (cause) {
    throw new RouteProfileError('BAD_INPUT', `${label}: cannot be read as YAML: ${messageOf(cause).trimEnd()}`, {
      hint: 'Correct the file at this place.',
      cause,
    });
  }
}

/**
 * Reads a declarative profile of one model (YAML, or JSON where the name ends so); see `parseModelProfile`.
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE, LIMIT_EXCEEDED (1 MiB) or BAD_INPUT that lists every problem
 */
export async function readModelProfile(path: string): Promise<ReadProfile> {
  const text = decodeText(await readBytes(path, path, MAX_BYTES), path);
  const value = extname(path) === '.json' ? parseJson(text, path) : await yamlValue(text, path);
  const modified = await modifiedAt(path);
  return { ...parseModelProfile(value, path), path, modified };
}

/**
 * Reads profiles from files and folders; of a folder every `.yaml`, `.yml` and `.json`, by name.
 * @throws RouteProfileError that lists the problems of all files; BAD_INPUT also for a model that two files describe, and for a folder
 * without a profile
 */
export async function readModelProfiles(paths: readonly string[]): Promise<ReadProfile[]> {
  const problems = new Problems();
  const profiles = new Map<string, ReadProfile>();
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      problems.addError(error);
    }
  };
  for (const given of paths)
    await attempt(async () => {
      for (const path of await filesOf(given))
        await attempt(async () => {
          const profile = await readModelProfile(path);
          const { id } = profile.candidate;
          const other = profiles.get(id);
          if (other)
            throw new RouteProfileError('BAD_INPUT', `${path}: describes ${id}, as ${other.path} does`, {
              hint: 'Keep one profile for each model.',
            });
          profiles.set(id, profile);
        });
    });
  problems.throwIfAny('profiles', 'BAD_INPUT', 'Correct the profiles, then run again.');
  return [...profiles.values()];
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw readError(path, cause);
  });
  if (!found.isDirectory()) return [path];
  const names = await readdir(path).catch((cause: unknown) => {
    throw readError(path, cause);
  });
  const files = names.filter((name) => ENDINGS.has(extname(name))).sort();
  if (files.length === 0)
    throw new RouteProfileError('BAD_INPUT', `${path}: holds no profile`, {
      hint: 'Put one .yaml, .yml or .json file per model into the folder.',
    });
  return files.map((name) => join(path, name));
}
