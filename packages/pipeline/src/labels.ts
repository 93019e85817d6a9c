import { join } from 'node:path';
import { hashText } from '@routeprofile/data';
import { formatStrategyReference, type StrategyReference } from '@routeprofile/schema';

/** `knn+cost`: a router's name with those of its wrappers. */
export const nameOf = ({ name, wrappers = [] }: StrategyReference): string =>
  [name, ...wrappers.map((wrapper) => wrapper.name)].join('+');

/** Names as short as they can be: options are added where a strategy occurs with several. */
export function strategyLabels(references: readonly StrategyReference[]): string[] {
  const names = references.map(nameOf);
  return references.map((reference, i) =>
    names.filter((other) => other === names[i]).length > 1 ? formatStrategyReference(reference) : names[i]!,
  );
}

/** Longer labels are shortened; two of them and a seed make a name that every file system takes. */
const LONGEST = 48;

/** Letters of one case, so that no two differ by case alone; a dot only inside of a number, so that one between labels is told. */
const PLAIN = /^[a-z](?:[a-z0-9=+:@ -]|(?<=\d)\.(?=\d))*$/;

/** Names that Windows keeps for devices, whatever follows after a dot. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

const DIGITS_OF_HASH = 10;

/**
 * A label as part of a file name: valid on every system, the same in every run, and different for different labels, also where
 * letters of both cases count as one. A label that cannot be told from its letters is given a hash after a tilde.
 */
export function fileLabel(label: string): string {
  if (PLAIN.test(label) && label.length <= LONGEST && !RESERVED.test(label))
    return label.replaceAll(':', '_').replaceAll(' ', ',');
  const end = label.split(/[\\/]/).at(-1)!.toLowerCase();
  const readable = end.replace(/[^a-z0-9=+-]+/g, '_').replace(/^[^a-z0-9]+/, '') || 'label';
  const hash = hashText(label).slice(0, DIGITS_OF_HASH);
  return `${readable.slice(0, LONGEST - DIGITS_OF_HASH - 1)}~${hash}`;
}

/** The cell's name for people. */
export const cellName = (profile: string, router: string): string => `${profile} × ${router}`;

/** A run's profile set, by the profile's label. */
export const profileFile = (label: string, seed: number): string => `${fileLabel(label)}-seed${seed}`;

/** A run's router, by the labels of its cell. */
export const routerFile = (profile: string, router: string, seed: number): string =>
  `${fileLabel(profile)}.${fileLabel(router)}.seed${seed}`;

/** Where a run's profile sets and routers lie. */
export const profilesFolder = (out: string): string => join(out, 'profiles');
export const routersFolder = (out: string): string => join(out, 'routers');

const SHOWN = 5;

/** Names in a message, the first few of many. */
export const listed = (names: readonly string[]): string =>
  [...names.slice(0, SHOWN), ...(names.length > SHOWN ? [`and ${names.length - SHOWN} more`] : [])].join(', ');
