import { RouteProfileError } from '@routeprofile/schema';
import { PATH_ROLES, type PathRole } from '../roles.js';
import { pathPattern } from './glob.js';
import type { SourceFile } from './sources.js';

/** Where to find values in paths: a pattern with `{model}`, or `path` for the part in which the paths differ. */
export type FromPath = Partial<Record<PathRole, string>>;

export interface PathValues {
  /** The rule, in words. */
  said: string[];
  of(file: SourceFile): Partial<Record<PathRole, string>>;
}

/** A file's name without what tells its kind. */
const stemOf = (name: string): string => name.replace(/\.gz$/i, '').replace(/\.[a-z]+$/i, '');
const segmentsOf = ({ portable }: SourceFile): string[] => {
  const parts = portable.split('/').filter((part) => part !== '' && part !== '.');
  return [...parts.slice(0, -1), stemOf(parts.at(-1) ?? '')];
};

/**
 * Values from the paths of files. With a pattern, what stands in the place of `{model}`; with `path`, the parts in which the
 * paths differ, counted from where they stop being equal: the first is the model, the next the task.
 * @throws RouteProfileError BAD_OPTION for a pattern that names no such role or does not fit a file; BAD_INPUT when all
 * paths are alike.
 */
export function valuesFromPath(from: FromPath, files: readonly SourceFile[]): PathValues {
  const roles = PATH_ROLES.filter((role) => from[role] !== undefined);
  const said: string[] = [];
  const readers: ((file: SourceFile) => Partial<Record<PathRole, string>>)[] = [];
  const patterns = new Set(roles.map((role) => from[role]!).filter((text) => text !== 'path'));
  for (const text of patterns) {
    const pattern = pathPattern(text);
    const named = PATH_ROLES.filter((role) => text.includes(`{${role}}`));
    for (const role of roles)
      if (from[role] === text && !named.includes(role))
        throw new RouteProfileError(
          'BAD_OPTION',
          `${text}: does not say where the ${role} is, expected {${role}} in it`,
          {
            hint: `Such as --${role}-from "{${role}}/*.jsonl", or --${role}-from path.`,
          },
        );
    said.push(`${named.map((role) => `{${role}}`).join(' and ')} of the paths ${text}`);
    readers.push((file) => {
      const values = pattern.values(file.portable);
      if (values !== null) return Object.fromEntries(named.map((role) => [role, values[role]]));
      throw new RouteProfileError('BAD_OPTION', `${file.path}: does not fit ${text}`, {
        hint: 'The pattern is that of the end of every path; * stands for any part of a name.',
      });
    });
  }
  const guessed = roles.filter((role) => from[role] === 'path');
  if (guessed.length > 0) {
    const places = differing(files, guessed);
    said.push(
      ...guessed.map(
        (role, i) =>
          `the ${role} in the ${placeOf(places[i]!)} of each path, such as ${segmentsOf(files[0]!).at(places[i]!)!}`,
      ),
    );
    readers.push((file) => Object.fromEntries(guessed.map((role, i) => [role, segmentsOf(file).at(places[i]!)])));
  }
  return {
    said,
    of: (file) => Object.assign({}, ...readers.map((read) => read(file))) as Partial<Record<PathRole, string>>,
  };
}

const ORDINALS = ['file name', 'folder', 'second folder above the file', 'third folder above the file'];
const placeOf = (place: number): string => ORDINALS[-1 - place] ?? `${-1 - place}th folder above the file`;

/** The parts, counted from the end, in which paths differ; of a single file the folder and then the name. */
function differing(files: readonly SourceFile[], roles: readonly PathRole[]): number[] {
  const all = files.map(segmentsOf);
  const shortest = Math.min(...all.map((parts) => parts.length));
  const places = Array.from({ length: shortest }, (_, i) => i - shortest).filter(
    (place) => new Set(all.map((parts) => parts.at(place))).size > 1,
  );
  // Names of files differ by their dates as well: folders come first.
  if (places.length >= roles.length) return places.slice(0, roles.length);
  if (files.length === 1 && roles.length === 1) return [-1];
  throw new RouteProfileError(
    'BAD_INPUT',
    `the paths differ in ${places.length === 0 ? 'no part' : `${places.length} part`}, so that ${roles.join(' and ')} cannot be told from them`,
    { hint: `Give a pattern, such as --model-from "{model}/samples_{task}_*.jsonl".` },
  );
}
