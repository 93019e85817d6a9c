import type { z } from 'zod';

/**
 * How many characters have to be put in, left out, replaced or swapped with their neighbour to make one word of the other (optimal string
 * alignment).
 */
function edits(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        ...[last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1)],
        ...(isSwapped ? [before[j - 2]! + 1] : []),
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}

/** How much of a name may be wrong for it to count as misspelt. */
const MOST_WRONG = 0.4;

/**
 * The name that was meant by one that is not known: the nearest, if no more than two fifths of its letters differ, in whatever case;
 * undefined where none is that near.
 */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const wrong = (name: string): number =>
    edits(written.toLowerCase(), name.toLowerCase()) / Math.max(written.length, name.length);
  const [nearest] = names.map((name) => ({ name, wrong: wrong(name) })).toSorted((a, b) => a.wrong - b.wrong);
  return nearest !== undefined && nearest.wrong <= MOST_WRONG ? nearest.name : undefined;
}

/** What a schema has below a key; several where it is a choice of forms. */
function below(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  return forms(schema).flatMap(({ _zod: { def } }) => {
    const known = def as z.core.$ZodTypes['_zod']['def'];
    if (known.type === 'object') return Object.hasOwn(known.shape, key) ? [known.shape[String(key)]!] : [];
    if (known.type === 'array') return [known.element];
    return known.type === 'record' ? [known.valueType] : [];
  });
}

/** A schema without what stands around it, such as a default; the forms of a choice one by one. */
function forms(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = schema._zod.def as z.core.$ZodTypes['_zod']['def'];
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
      return forms(def.innerType);
    case 'pipe':
      return forms(def.in);
    case 'union':
      return def.options.flatMap(forms);
    default:
      return [schema];
  }
}

/** The names that a schema knows at a path. */
function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let at = [schema];
  for (const key of path) at = at.flatMap((one) => below(one, key));
  return at.flatMap(forms).flatMap(({ _zod: { def } }) => {
    const known = def as z.core.$ZodTypes['_zod']['def'];
    return known.type === 'object' ? Object.keys(known.shape) : [];
  });
}

/** Names that an issue says are not known, and where they stand, also in one form of a choice. */
function unknownNames(issue: z.core.$ZodIssue): { key: string; path: readonly PropertyKey[] }[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ key, path: issue.path }));
  if (issue.code !== 'invalid_union') return [];
  return issue.errors
    .flat()
    .flatMap(unknownNames)
    .map(({ key, path }) => ({ key, path: [...issue.path, ...path] }));
}

/**
 * `Did you mean 'hops' rather than 'hop'?` for each unknown name that is like a known one of the same place. A name that only some forms
 * of a choice know is not misspelt.
 */
export function meantNames(schema: z.core.$ZodType, issues: readonly z.core.$ZodIssue[]): string[] {
  const asked = issues.flatMap(unknownNames).flatMap(({ key, path }) => {
    const known = namesAt(schema, path);
    const meant = known.includes(key) ? undefined : nearestName(key, known);
    return meant === undefined ? [] : [`Did you mean '${meant}' rather than '${key}'?`];
  });
  return [...new Set(asked)];
}
