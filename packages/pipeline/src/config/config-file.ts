import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { sizeOfRegularFile } from '@routeprofile/data';
import {
  issueText,
  meantNames,
  plural,
  RouteProfileError,
  runConfigSchema,
  z,
  messageOf,
  type ConfigFile,
  type RunConfigInput,
} from '@routeprofile/schema';

/** Looked for in the working directory, in this order. */
const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'yaml', 'yml'].map(
  (end) => `routeprofile.config.${end}`,
);

/** Options that name a place on disk; in a config file they are relative to it. */
const PATHS = ['data', 'test', 'out', 'cache'] as const;

const partialConfig = runConfigSchema.partial();
/** The section for `collect` is checked by that command. */
const fileConfig = partialConfig.extend({ collect: z.unknown().optional() });

/** A run's options before defaults are filled in; see `RunConfigInput` for each. Paths are relative to the working directory. */
export type PartialConfig = z.input<typeof partialConfig>;

const SYNTAX = new Map([
  ['.json', 'JSON, without comments'],
  ['.yaml', 'YAML'],
  ['.yml', 'YAML'],
]);
const HELP = 'See `npx @routeprofile/cli run --help`.';

/** All names, where one stands at the top that nobody knows. */
const optionsHint = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.some(({ path }) => path.length === 0)
    ? [`Options: ${Object.keys(runConfigSchema.shape).join(', ')}.`, HELP]
    : [HELP];

/** What the parser only warns of, such as an unknown directive, is a mistake in a config. */
async function yamlOf(text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw problem;
  return document.toJS() as unknown;
}

/**
 * What a config file says: YAML or JSON, or what a JavaScript or TypeScript file exports by default. Such a file runs: never pass one that
 * somebody else made.
 * @throws RouteProfileError MISSING_FILE, BAD_INPUT
 */
export async function readConfigFile(path: string): Promise<unknown> {
  await sizeOfRegularFile(path);
  const syntax = SYNTAX.get(extname(path));
  try {
    if (syntax === undefined)
      return await createJiti(pathToFileURL(path).href, { interopDefault: true }).import(path, { default: true });
    const text = await readFile(path, 'utf8');
    return extname(path) === '.json' ? (JSON.parse(text) as unknown) : await yamlOf(text);
  } catch (cause) {
    throw new RouteProfileError('BAD_INPUT', `${path}: cannot be read: ${messageOf(cause)}`, {
      hint:
        syntax === undefined
          ? 'Correct the file: it has to run by itself and export the options as its default.'
          : `Correct the file: it has to be ${syntax}.`,
      cause,
    });
  }
}

/**
 * The config file's options, its paths made absolute. Without `path`, the first of CONFIG_NAMES in `from`, if there is one.
 * @throws RouteProfileError MISSING_FILE, BAD_INPUT naming every wrong option.
 */
export async function loadConfigFile(path: string | undefined, from: string = process.cwd()): Promise<PartialConfig> {
  const found = findConfigFile(path, from);
  if (found === undefined) return {};
  const raw = await readConfigFile(found);
  const checked = z.record(z.string(), z.unknown()).safeParse(raw);
  const parsed = checked.success ? fileConfig.safeParse(raw) : checked;
  if (!parsed.success) {
    const details = parsed.error.issues.map((issue) => `${found}: ${issueText(issue)}`);
    throw new RouteProfileError(
      'BAD_INPUT',
      details.length === 1 ? details[0]! : `${found}: ${plural(details.length, 'problem')}`,
      {
        hint: [...meantNames(fileConfig, parsed.error.issues), ...optionsHint(parsed.error.issues)].join(' '),
        details,
      },
    );
  }
  const { collect: _collect, ...config } = raw as ConfigFile;
  for (const key of PATHS) {
    const value = config[key];
    if (typeof value === 'string' && !isAbsolute(value)) config[key] = resolve(dirname(found), value);
  }
  if (config.scenarios)
    config.scenarios = config.scenarios.map((scenario) =>
      scenario.test === undefined ? scenario : { ...scenario, test: resolve(dirname(found), scenario.test) },
    );
  return config;
}

/** The config file that is meant; undefined when there is none and none was named. */
function findConfigFile(path: string | undefined, from: string): string | undefined {
  const found =
    path === undefined
      ? CONFIG_NAMES.map((name) => join(from, name)).find((name) => existsSync(name))
      : resolve(from, path);
  if (found !== undefined && !existsSync(found))
    throw new RouteProfileError('MISSING_FILE', `there is no config file ${found}`, {
      hint: 'Check the path of --config, or omit it.',
    });
  return found;
}

/** The `collect` section of a config file as it is written, and the folder that its paths are relative to. */
export async function loadCollectSection(
  path: string | undefined,
  from: string = process.cwd(),
): Promise<{ section: Readonly<Record<string, unknown>>; folder: string }> {
  const found = findConfigFile(path, from);
  if (found === undefined) return { section: {}, folder: from };
  const parsed = z
    .looseObject({ collect: z.record(z.string(), z.unknown()).optional() })
    .safeParse(await readConfigFile(found));
  if (!parsed.success)
    throw new RouteProfileError('BAD_INPUT', `${found}: ${issueText(parsed.error.issues[0]!)}`, {
      hint: 'The section `collect` names prompts and models.',
    });
  return { section: parsed.data.collect ?? {}, folder: dirname(found) };
}

/** Flags over the config file over defaults. */
export function completeConfig(...layers: (PartialConfig | undefined)[]): z.infer<typeof runConfigSchema> {
  const merged: Partial<RunConfigInput> = {};
  for (const layer of layers)
    for (const [key, value] of Object.entries(layer ?? {}))
      if (value !== undefined) Object.assign(merged, { [key]: value });
  const parsed = runConfigSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(issueText);
  throw new RouteProfileError('BAD_OPTION', details.join('; '), {
    hint:
      merged.data === undefined
        ? 'Name the dataset folder with --data DIR.'
        : [...meantNames(runConfigSchema, parsed.error.issues), HELP].join(' '),
    details,
  });
}
