import { RouteProfileError } from '@routeprofile/schema';

/** At most this many single problems are printed. */
const MOST_DETAILS = 20;

/** What went wrong and what to do, for standard error. A bug of ours comes with its stack. */
export function describeError(error: unknown): string {
  if (RouteProfileError.isInstance(error)) {
    const lines = [`error: ${error.message}`];
    // A message may end with the first problem: it is not said a second time.
    const details = error.details.filter((detail, i) => !(i === 0 && error.message.endsWith(detail)));
    for (const detail of details.slice(0, MOST_DETAILS)) lines.push(`  ${detail}`);
    const more = Math.max(0, details.length - MOST_DETAILS) + error.unlisted;
    if (more > 0) lines.push(`  … and ${more.toLocaleString('en-US')} more`);
    if (error.hint) lines.push(`hint: ${error.hint}`);
    return lines.join('\n');
  }
  if (error instanceof Error)
    return `error: ${error.message}\nThis is a bug in routeprofile; please report it with what follows.\n${error.stack ?? ''}`;
  return `error: ${String(error)}`;
}
