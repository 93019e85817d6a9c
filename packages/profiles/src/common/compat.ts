/**
 * Options that a strategy's `compat` fixes. Each repair is an option of its own; `compat: true` sets them all to the
 * published behaviour, and an explicit option that says otherwise is an error.
 */
export interface Repairs<R> {
  repaired: R;
  published: R;
}

/** The names of the given options that contradict `compat: true`. */
function contradictions<R extends object>(
  { published }: Repairs<R>,
  given: Partial<R> & { compat: boolean },
): string[] {
  if (!given.compat) return [];
  return (Object.keys(published) as (keyof R & string)[]).filter(
    (key) => given[key] !== undefined && given[key] !== published[key],
  );
}

/** Zod issues of those contradictions, for `superRefine`. */
export function refuseContradictions<R extends object>(repairs: Repairs<R>) {
  return (
    given: Partial<R> & { compat: boolean },
    context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
  ): void => {
    for (const key of contradictions(repairs, given))
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `compat: true means ${key}=${String(repairs.published[key as keyof R])}; leave out one of the two`,
      });
  };
}

/** Every repair decided: as given, else published under `compat`, else repaired. */
export function decideRepairs<R extends object>(repairs: Repairs<R>, given: Partial<R> & { compat: boolean }): R {
  const base = given.compat ? repairs.published : repairs.repaired;
  const decided = (Object.keys(base) as (keyof R)[]).filter((key) => given[key] !== undefined);
  return { ...base, ...Object.fromEntries(decided.map((key) => [key, given[key]])) };
}
