import { unknownName } from '@routeprofile/schema';
import { type BuiltIn, builtIns, installedPlugins } from '@routeprofile/pipeline';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { formatColumns } from '../ui/format.js';

/**
 * Everything that is built in and the installed plugin packages, or one of them with its options. No plugin is run.
 * @throws RouteProfileError UNKNOWN_NAME
 */
export async function pluginsCommand(name: string | undefined, flags: CommonFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  if (name !== undefined) {
    const named = builtIns().filter((item) => item.name === name);
    if (named.length === 0)
      throw unknownName(`nothing built in is called '${name}'`, {
        written: name,
        names: builtIns().map((item) => item.name),
        hint: 'Omit the name to list everything that is built in.',
      });
    if (flags.json) console.printJson(named);
    else console.print(named.map(detail).join('\n\n'));
    return 0;
  }
  const installed = await installedPlugins();
  if (flags.json) console.printJson({ builtIn: builtIns(), installed });
  else {
    console.print(formatColumns(builtIns().map(({ kind, usage, summary }) => [kind, usage, summary])));
    console.print(
      installed.length === 0
        ? '\nNo plugin packages are installed.'
        : `\n${formatColumns(installed.map((plugin) => ['package', plugin.package, plugin.version, plugin.description]))}`,
    );
    console.print('\nTo see the options of one: `routeprofile plugins NAME`.');
  }
  return 0;
}

function detail({ kind, usage, summary, options }: BuiltIn): string {
  const title = `${kind} ${usage}: ${summary}`;
  if (options.length === 0) return `${title}\nIt has no options.`;
  const rows = options.map(({ name, accepts, ...rest }) => [
    `  ${name}`,
    accepts,
    'default' in rest
      ? `default: ${typeof rest.default === 'string' ? rest.default : JSON.stringify(rest.default)}`
      : '',
  ]);
  return `${title}\n${formatColumns(rows)}\nWritten after the name: ${usage}:${options[0]!.name}=…`;
}
