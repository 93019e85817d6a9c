import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Variables } from '@routeprofile/providers';
import { messageOf, RouteProfileError } from '@routeprofile/schema';
import { environmentSecrets, type SecretReader } from '../contracts/secret.js';

/** Where secrets are looked for; all optional. */
export interface FileSecretsOptions {
  /** Folder that paths of files are relative to. Default: the working directory. */
  from?: string;
  /** Default: the variables of the process. */
  variables?: Variables;
}

/**
 * Secrets of the environment (`env:NAME`) and of files (`file:PATH`). A line break at the end of a file is not part of its secret.
 * @returns a reader that throws RouteProfileError MISSING_FILE for a file that cannot be read
 */
export function fileSecrets({ from = '.', variables }: FileSecretsOptions = {}): SecretReader {
  const ofEnvironment = environmentSecrets(variables);
  return (reference) => {
    if (!reference.startsWith('file:')) return ofEnvironment(reference);
    try {
      return readFileSync(resolve(from, reference.slice('file:'.length)), 'utf8').trimEnd() || undefined;
    } catch (cause) {
      throw new RouteProfileError('MISSING_FILE', `${reference}: cannot be read (${messageOf(cause)})`, {
        hint: 'Write the secret there, and let this user read the file.',
        cause,
      });
    }
  };
}
