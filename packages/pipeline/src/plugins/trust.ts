import { builtInEncoders } from '@routeprofile/encoders/node';
import { RouteProfileError, type StrategyReference } from '@routeprofile/schema';

/**
 * What may run code or open a connection. A folder from somebody else may name anything: a file beside it, a package that
 * happens to be installed, an endpoint. So a name in a file is only ever looked up among what is built in and works alone;
 * anything else has to be named by the person, and then it is the person's name that is used.
 */

declare const trusted: unique symbol;

/** The name of a plugin or an encoder that may be imported and called. Made by the functions of this module alone. */
export type TrustedName = string & { readonly [trusted]: true };

/** A name from the command line, a config file or an argument of the API: whoever wrote it decided. */
export const byPerson = (name: string): TrustedName => name as TrustedName;

/** A strategy whose name may be imported; its options are data. */
export type TrustedReference = Omit<StrategyReference, 'name'> & { name: TrustedName };

/** A strategy that the command line or a config file names. */
export const referenceByPerson = (reference: StrategyReference): TrustedReference => ({
  ...reference,
  name: byPerson(reference.name),
});

/** Whether an encoder's code and weights come with the packages, so that it reads no other file and asks nobody: `static`, not `static:FILE`. */
export const worksAlone = (encoder: string): boolean => {
  const [head = ''] = encoder.split(/:(?=[A-Za-z][A-Za-z0-9-]*=)/);
  const named = head.replace(/@[^:]*$/, '');
  return builtInEncoders.some(({ name, worksAlone }) => worksAlone && name === named);
};

/** An encoder's id as a person would name it: without what its making adds. */
export const encoderReference = (id: string): string => id.split(/:(?:endpoint|contents)=/)[0]!;

/** Names that a person gave for a saved folder. */
export interface GivenEncoder {
  /** By `--encoder`. */
  flag?: string | undefined;
  /** In the config file; it stands in where the saved name will not do. */
  config?: string | undefined;
}

/**
 * The encoder to open for a saved file.
 * @param saved what the file says its vectors were made with
 * @param file names it in the error
 * @throws RouteProfileError BAD_OPTION when only the file names the encoder, and that is not one that works alone
 */
export function trustedEncoder(saved: string, { flag, config }: GivenEncoder, file: string): TrustedName {
  if (flag !== undefined) return byPerson(flag);
  if (worksAlone(saved)) return byPerson(saved);
  if (config !== undefined) return byPerson(config);
  throw new RouteProfileError(
    'BAD_OPTION',
    `${file} was made with the encoder ${saved}, which may run code or send texts`,
    {
      hint: `A file cannot decide that. If you trust that encoder, name it: --encoder ${encoderReference(saved)}`,
    },
  );
}

/**
 * The strategy to load for a saved file.
 * @param saved what the file says it was made by
 * @param plugin what `--plugin` names
 * @param file names it in the error
 * @throws RouteProfileError BAD_OPTION when only the file names the strategy, and that is not built in
 */
export function trustedStrategy(
  saved: string,
  plugin: string | undefined,
  builtIn: readonly { name: string }[],
  file: string,
): TrustedName {
  if (builtIn.some(({ name }) => name === saved)) return byPerson(saved);
  if (plugin !== undefined) return byPerson(plugin);
  throw new RouteProfileError('BAD_OPTION', `${file} was made by the plugin ${saved}, whose code would run`, {
    hint: `A file cannot decide that. If you trust that plugin, name its package or file: --plugin ${saved} (in a program: the option \`plugin\`)`,
  });
}
