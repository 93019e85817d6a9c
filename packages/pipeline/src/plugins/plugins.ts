import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti, type Jiti } from 'jiti';
import { hashBytes, hashJson } from '@routeprofile/data';
import { builtInGraders } from '@routeprofile/collect';
import { builtInMetrics } from '@routeprofile/eval';
import { builtInProfiles } from '@routeprofile/profiles';
import { builtInRouters, builtInWrappers, wrapStrategy } from '@routeprofile/routers';
import {
  issueText,
  METRIC_FORMATS,
  parseStrategyReference,
  RouteProfileError,
  unknownName,
  z,
  messageOf,
  type EncoderPlugin,
  type GraderPlugin,
  type Metric,
  type Plugin,
  type ProfileStrategy,
  type RouterArtifact,
  type RouterStrategy,
  type RouterWrapper,
  type StrategyReference,
} from '@routeprofile/schema';
import { nameOf } from '../labels.js';
import { trustedStrategy, type TrustedName, type TrustedReference } from './trust.js';
import { rehearse } from './rehearsal.js';

const method = z.custom<() => unknown>((value) => typeof value === 'function', 'is not a function');
const optionsShape = z.looseObject({ safeParse: method }, 'is not a zod schema');
const strategyShape = { specVersion: z.literal(1), name: z.string().min(1) };

/** What the rest of the command relies on before it runs any of a plugin. */
const pluginShape = z.discriminatedUnion('kind', [
  z.looseObject({ ...strategyShape, kind: z.literal('encoder'), create: method }),
  z.looseObject({
    ...strategyShape,
    kind: z.literal('profile'),
    options: optionsShape,
    needs: z.array(z.string()),
    designPoint: method,
    build: method,
  }),
  z.looseObject({
    ...strategyShape,
    kind: z.literal('router'),
    options: optionsShape,
    needs: z.array(z.string()),
    fit: method,
    load: method,
  }),
  z.looseObject({ ...strategyShape, kind: z.literal('grader'), options: optionsShape, create: method }),
  z.looseObject({
    ...strategyShape,
    kind: z.literal('metric'),
    title: z.string().optional(),
    format: z.enum(METRIC_FORMATS).optional(),
    evaluate: method,
    perRow: method.optional(),
  }),
]);

const isPath = (name: string) => /^(\.{1,2}[\\/]|file:|[A-Za-z]:[\\/])/.test(name) || isAbsolute(name);

/** A package name, scoped or not, with an optional subpath that stays inside of the package. */
const isPackageName = (name: string) =>
  /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(\/[\w.~-]+)*$/i.test(name) &&
  !name.split('/').some((part) => part === '.' || part === '..');

const loaderFrom = (from: string): Jiti =>
  createJiti(pathToFileURL(join(from, 'index.js')).href, { interopDefault: true });

function targetOf(name: string, from: string): string {
  if (!isPath(name)) return name;
  const target = name.startsWith('file:') ? fileURLToPath(name) : resolve(from, name);
  if (existsSync(target)) return target;
  throw new RouteProfileError('MISSING_FILE', `there is no plugin file ${name}`, {
    hint: 'Paths are relative to the working directory or the config file.',
  });
}

/** What a module hands on; whatever it throws passes through. */
export const loadModule = (name: TrustedName, from: string): Promise<unknown> =>
  loaderFrom(from).import(targetOf(name, from), { default: true });

/** The module files that a plugin consists of: its entry, and what that imports by relative paths. */
function pluginFiles(entry: string, jiti: Jiti): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file) || !existsSync(file)) return;
    found.add(file);
    const source = readFileSync(file, 'utf8');
    for (const [, specifier] of source.matchAll(/(?:from|import|require)\s*(?:\(\s*)?['"](\.[^'"]+)['"]/g)) {
      const url = jiti.esmResolve(specifier!, { parentURL: pathToFileURL(file).href, try: true });
      if (url?.startsWith('file:')) visit(fileURLToPath(url));
    }
  };
  visit(entry);
  return [...found];
}

/**
 * A hash of a plugin's code: what it computed is not to be reused once the code is another. Packages that a plugin imports
 * by name count through their own versions only if its bundle holds them.
 */
export function pluginFingerprint(name: string, from: string = process.cwd()): string {
  const jiti = loaderFrom(from);
  const target = targetOf(name, from);
  const url = jiti.esmResolve(isPath(name) ? pathToFileURL(target).href : target, { try: true });
  if (!url?.startsWith('file:')) return name;
  return hashJson(pluginFiles(fileURLToPath(url), jiti).map((file) => hashBytes(readFileSync(file))));
}

/**
 * The default export of a plugin package or file; TypeScript files work too. It is first loaded in a thread of its own, so that
 * one that never finishes loading is reported.
 * @throws RouteProfileError MISSING_FILE, UNKNOWN_NAME or PLUGIN_FAILED.
 */
export async function importPlugin(name: TrustedName, from: string = process.cwd()): Promise<Plugin> {
  targetOf(name, from);
  let loaded: unknown;
  try {
    await rehearse(name, from);
    loaded = await loadModule(name, from);
  } catch (cause) {
    if (RouteProfileError.isInstance(cause)) throw cause;
    const text = messageOf(cause);
    const absent =
      !isPath(name) && /Cannot find (module|package)|ERR_MODULE_NOT_FOUND/.test(text) && text.includes(name);
    if (absent) throw new RouteProfileError('UNKNOWN_NAME', `${name} is neither built in nor installed`, { cause });
    throw new RouteProfileError('PLUGIN_FAILED', `plugin ${name} could not be loaded: ${text}`, { cause });
  }
  const parsed = pluginShape.safeParse(loaded);
  if (!parsed.success)
    throw new RouteProfileError(
      'PLUGIN_FAILED',
      `${name} is not a RouteProfile plugin: ${parsed.error.issues.map(issueText).join('; ')}`,
      {
        hint: 'Its default export must be made with defineEncoder, defineGrader, defineProfile, defineRouter or defineMetric of @routeprofile/schema.',
      },
    );
  // The shape check above is all that can be known of foreign code before it runs.
  return loaded as Plugin;
}

async function resolveStrategy<T extends Plugin>(
  kind: T['kind'],
  builtIn: readonly T[],
  name: TrustedName,
  from?: string,
): Promise<T> {
  const known = builtIn.find((strategy) => strategy.name === name);
  if (known) return known;
  const names = builtIn.map((strategy) => strategy.name);
  const listed = `Built in: ${names.join(', ')}.`;
  if (!isPath(name) && !isPackageName(name))
    throw unknownName(`there is no ${kind} called ${name}`, { written: name, names, hint: listed });
  let plugin: Plugin;
  try {
    plugin = await importPlugin(name, from);
  } catch (error) {
    if (RouteProfileError.isInstance(error) && error.code === 'UNKNOWN_NAME')
      throw unknownName(`there is no ${kind} called ${name}, and no installed package of that name`, {
        written: name,
        names,
        hint: `${listed} To use a plugin, give its package name or file path.`,
        cause: error,
      });
    throw error;
  }
  if (plugin.kind !== kind)
    throw new RouteProfileError(
      'BAD_OPTION',
      `${name} is a plugin of kind ${plugin.kind}, but a ${kind} is expected here`,
    );
  return plugin as T;
}

export const resolveProfile = (name: TrustedName, from?: string): Promise<ProfileStrategy> =>
  resolveStrategy<ProfileStrategy>('profile', builtInProfiles, name, from);
export const resolveRouter = (name: TrustedName, from?: string): Promise<RouterStrategy> =>
  resolveStrategy<RouterStrategy>('router', builtInRouters, name, from);
const resolveWrapper = (name: string): RouterWrapper => {
  const known = builtInWrappers.find((wrapper) => wrapper.name === name);
  if (known) return known;
  const names = builtInWrappers.map((wrapper) => wrapper.name);
  throw unknownName(`there is no wrapper called ${name}`, {
    written: name,
    names,
    hint: `Wrappers: ${names.join(', ')}.`,
  });
};

/** A router with the wrappers around it, and its options as a reference gives them. */
export async function routerOf(
  { name, options, wrappers = [] }: TrustedReference,
  from?: string,
): Promise<{ strategy: RouterStrategy; options: Record<string, unknown> }> {
  const strategy = await resolveRouter(name, from);
  if (wrappers.length === 0) return { strategy, options };
  const around = wrappers.map((wrapper) => ({ wrapper: resolveWrapper(wrapper.name) }));
  return { strategy: wrapStrategy(strategy, around), options: { router: options, wrappers } };
}

/**
 * The strategy of a saved router, wrappers included: `knn+cost`; a plugin's only where `--plugin` names it.
 * @param plugin the package or code file that may be run, where the router is not a built-in one
 * @param file names the router in errors
 */
export async function savedRouter(
  { strategy, reference = strategy }: Pick<RouterArtifact['manifest'], 'strategy' | 'reference'>,
  plugin: string | undefined,
  file: string,
): Promise<RouterStrategy> {
  const parsed = parseStrategyReference(reference);
  return (await routerOf({ ...parsed, name: trustedStrategy(parsed.name, plugin, builtInRouters, file) })).strategy;
}

/** The strategy of a saved profile set; see `savedRouter`. */
export const savedProfile = (name: string, plugin: string | undefined, file: string): Promise<ProfileStrategy> =>
  resolveProfile(trustedStrategy(name, plugin, builtInProfiles, file));

export const isBuiltInProfile = (name: string): boolean => builtInProfiles.some((strategy) => strategy.name === name);
export const isBuiltInRouter = (name: string): boolean => builtInRouters.some((strategy) => strategy.name === name);

/** For a saved router's file: how to find a plugin's strategy again. */
export const pluginReference = (reference: StrategyReference): { reference?: string } =>
  isBuiltInRouter(reference.name) ? {} : { reference: nameOf(reference) };

export const resolveEncoderPlugin = (name: TrustedName, from?: string): Promise<EncoderPlugin> =>
  resolveStrategy<EncoderPlugin>('encoder', [], name, from);

/** A metric plugin; what is built in is always measured. */
export const resolveMetric = (name: TrustedName, from?: string): Promise<Metric> =>
  resolveStrategy<Metric>('metric', builtInMetrics, name, from);

/** A grader: built in, or a plugin's. */
export const resolveGrader = (name: TrustedName, from?: string): Promise<GraderPlugin> =>
  resolveStrategy<GraderPlugin>('grader', builtInGraders, name, from);
