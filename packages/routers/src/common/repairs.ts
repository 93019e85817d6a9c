/** Options that `compat` fixes: ours, and the published behaviour. */
export interface Repairs<R> {
  repaired: R;
  published: R;
}

/** Zod issues, for `superRefine`: an explicit option that says otherwise than `compat: true` is an error. */
export function refuseContradictions<R extends object>({ published }: Repairs<R>) {
  return (
    given: Partial<R> & { compat: boolean },
    context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
  ): void => {
    if (!given.compat) return;
    for (const key of Object.keys(published) as (keyof R & string)[])
      if (given[key] !== undefined && given[key] !== published[key])
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `compat: true means ${key}=${String(published[key])}; leave out one of the two`,
        });
  };
}

/** Every repair decided: as given, else published under `compat`, else repaired. */
export function decideRepairs<R extends object>(repairs: Repairs<R>, given: Partial<R> & { compat: boolean }): R {
  const base = given.compat ? repairs.published : repairs.repaired;
  const decided = (Object.keys(base) as (keyof R)[]).filter((key) => given[key] !== undefined);
  return { ...base, ...Object.fromEntries(decided.map((key) => [key, given[key]])) };
}
