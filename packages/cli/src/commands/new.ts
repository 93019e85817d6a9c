import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@routeprofile/data';
import { encoderNames } from '@routeprofile/encoders/node';
import { builtInMetrics } from '@routeprofile/eval';
import { builtInProfiles } from '@routeprofile/profiles';
import { builtInRouters } from '@routeprofile/routers';
import { issueText, RouteProfileError, messageOf } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import type { PluginKind } from '../scaffold/template.js';
import { folderOf, packageNameSchema } from '../scaffold/package-name.js';
import { pluginFiles } from '../scaffold/plugin-files.js';
import { packageVersions } from '@routeprofile/pipeline';

/** A built-in strategy wins over a package of its name, so that such a plugin could never be used. */
const BUILT_IN: Record<PluginKind, readonly string[]> = {
  router: builtInRouters.map(({ name }) => name),
  profile: builtInProfiles.map(({ name }) => name),
  encoder: encoderNames,
  metric: builtInMetrics.map(({ name }) => name),
};

/** @throws RouteProfileError BAD_OPTION */
function assertName(kind: PluginKind, name: string): void {
  const parsed = packageNameSchema.safeParse(name);
  if (!parsed.success)
    throw new RouteProfileError(
      'BAD_OPTION',
      `'${name}' is not a name for a package: ${issueText(parsed.error.issues[0]!)}`,
    );
  if (BUILT_IN[kind].includes(name))
    throw new RouteProfileError(
      'BAD_OPTION',
      `there is a built-in ${kind} called ${name}, and it would be used instead of yours`,
      {
        hint: `Choose another name, such as my-${name}.`,
      },
    );
}

/** @throws RouteProfileError BAD_INPUT where there is something already, OUTPUT_UNWRITABLE */
async function makeFolder(folder: string): Promise<void> {
  let entries: string[];
  try {
    await mkdir(folder, { recursive: true });
    entries = await readdir(folder);
  } catch (cause) {
    const text = messageOf(cause);
    throw new RouteProfileError('OUTPUT_UNWRITABLE', `the folder ${folder} cannot be made: ${text}`, { cause });
  }
  if (entries.length > 0)
    throw new RouteProfileError('BAD_INPUT', `the folder ${folder} is not empty`, {
      hint: 'Choose another name, or run this in a folder that has no ${folder}.',
    });
}

/**
 * A plugin package in a folder of its name, with a strategy that works.
 * @param parent where the folder is made
 */
export async function newCommand(
  kind: PluginKind,
  name: string,
  flags: CommonFlags,
  io: Io,
  parent: string = process.cwd(),
): Promise<number> {
  const console = openConsole(io, flags);
  assertName(kind, name);
  const folder = join(parent, folderOf(name));
  await makeFolder(folder);
  const files = pluginFiles(kind, name, packageVersions()['@routeprofile/schema']!);
  for (const [path, text] of Object.entries(files)) await writeFileAtomic(join(folder, path), text);
  const written = Object.keys(files);
  if (flags.json) console.printJson({ kind, name, folder, files: written });
  else console.print(written.map((path) => `${folderOf(name)}/${path}`).join('\n'));
  console.logger.info(
    `\nNext:\n  cd ${folderOf(name)}\n  npm install\n  npm test\nThen put your method into src/index.ts; README.md says how to use it.`,
  );
  return 0;
}
