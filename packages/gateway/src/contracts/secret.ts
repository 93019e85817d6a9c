import { processEnvironment, type Variables } from '@routeprofile/providers';
import { RouteProfileError, z } from '@routeprofile/schema';

/** Where a secret is: never the secret itself, so that a config can be shared. */
export const secretReferenceSchema = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\n]+)$/,
    'expected env:NAME (an environment variable) or file:PATH, never the secret itself',
  );
/** `env:NAME` or `file:PATH`. */
export type SecretReference = z.infer<typeof secretReferenceSchema>;

/** Why there is no secret, and what to do. */
export const noSecret = (reference: SecretReference): string =>
  reference.startsWith('env:')
    ? `the environment variable ${reference.slice('env:'.length)} is not set, or empty: export it where the gateway starts`
    : `there is no secret in ${reference}: write it there`;

/** Gives the secret that a reference names; undefined where there is none. */
export type SecretReader = (reference: SecretReference) => string | undefined;

/**
 * Secrets of the environment. Files need a platform that has some.
 * @param variables default: those of the process; none in a browser
 * @returns a reader that throws RouteProfileError UNSUPPORTED for `file:` references
 */
export function environmentSecrets(variables: Variables = processEnvironment()): SecretReader {
  return (reference) => {
    if (reference.startsWith('env:')) return variables[reference.slice('env:'.length)] || undefined;
    throw new RouteProfileError('UNSUPPORTED', `${reference}: secrets in files cannot be read here`, {
      hint: 'Give `secrets`, a function that reads them, or keep the secret in an environment variable (env:NAME).',
    });
  };
}
