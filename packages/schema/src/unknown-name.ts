import { RouteProfileError, type ErrorInfo } from './errors.js';
import { nearestName } from './misspelt.js';

/** A comma where an option begins: options are joined with colons, and only a list of references with commas. */
const OPTION_COMMA = /,(?=\s*[A-Za-z][A-Za-z0-9-]*=)\s*/g;

/** What to write instead of options that a comma joins; undefined where none does. */
export const joinedByColons = (written: string): string | undefined =>
  written.search(OPTION_COMMA) === -1
    ? undefined
    : `Options are joined with a colon, not a comma: ${written.replace(OPTION_COMMA, ':')}.`;

/** A name that was looked up, and what is known where it was. */
export interface UnknownName extends Pick<ErrorInfo, 'cause'> {
  written: string;
  names: readonly string[];
  /** What is said behind the name that was probably meant, such as all there are. */
  hint: string;
}

/** The error of code UNKNOWN_NAME for a name that nothing answers to; its hint begins with the name that was probably meant. */
export function unknownName(message: string, { written, names, hint, cause }: UnknownName): RouteProfileError {
  const joined = joinedByColons(written);
  const meant = joined === undefined ? nearestName(written, names) : undefined;
  const first = meant === undefined ? joined : `Did you mean '${meant}' rather than '${written}'?`;
  return new RouteProfileError('UNKNOWN_NAME', message, {
    hint: first === undefined ? hint : `${first} ${hint}`,
    cause,
  });
}
