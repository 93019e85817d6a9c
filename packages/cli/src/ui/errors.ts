import { RouteProfileError } from '@routeprofile/schema';

/** At most so many single problems are printed. */
const MOST_DETAILS = 20;

/** What went wrong and what to do, for standard error. A bug of ours comes with its stack. */
export function describeError(error: unknown): string {
  if (RouteProfileError.isInstance(error)) {
    const lines = [`error: ${error.message}`];
    const details = error.details.filter((detail) => detail !== error.message);
    for (const detail of details.slice(0, MOST_DETAILS)) lines.push(`  ${detail}`);
    if (details.length > MOST_DETAILS) lines.push(`  … and ${details.length - MOST_DETAILS} more`);
    if (error.hint) lines.push(`hint: ${error.hint}`);
    return lines.join('\n');
  }
  if (error instanceof Error)
    return `error: ${error.message}\nThis is a bug in routeprofile; please report it with what follows.\n${error.stack ?? ''}`;
  return `error: ${String(error)}`;
}
