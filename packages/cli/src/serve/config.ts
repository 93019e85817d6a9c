import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { gatewayConfigSchema, routeSchema, secretReferenceSchema } from '@routeprofile/gateway';
import { postgresSettingsSchema } from '@routeprofile/gateway/postgres';
import { readConfigFile } from '@routeprofile/pipeline';
import { issueText, meantNames, plural, RouteProfileError, z } from '@routeprofile/schema';

const serveConfigSchema = gatewayConfigSchema.extend({
  listen: z
    .strictObject({
      port: z.number().int().min(0).max(65_535).default(4180),
      /** Another than this machine's own needs keys. */
      host: z.string().min(1).default('127.0.0.1'),
    })
    .prefault({}),
  /** Where budgets and decisions are kept. Default: in memory, until the process ends. */
  state: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('memory') }),
      z.strictObject({ kind: z.literal('journal'), dir: z.string().min(1) }),
      /** Several gateways may share one database. */
      postgresSettingsSchema.extend({
        kind: z.literal('postgres'),
        /** Names where `postgres://USER:PASSWORD@HOST:PORT/DATABASE` is. */
        url: secretReferenceSchema,
      }),
    ])
    .default({ kind: 'memory' }),
  /**
   * Graders that check a share of answers behind requests; what they find is feedback of the source `verifier`. Those that need a right answer
   * or ask a model are refused. Read at the start only.
   */
  verify: z
    .array(
      z.strictObject({
        /** A grader and its options, such as `json-schema:file=answer.schema.json`. */
        grader: z.string().min(1),
        share: z.number().min(0).max(1),
        /** Names its feedback. Default: the grader's name. */
        name: z.string().min(1).max(200).optional(),
      }),
    )
    .default([]),
  /** Spans for OpenTelemetry, through the `@opentelemetry/api` that is installed where the command runs. Read at the start only. */
  tracing: z.boolean().default(false),
  routes: z
    .record(
      z.string().min(1).max(200),
      routeSchema.extend({
        /** Folder of a saved router. */
        router: z.string().min(1),
        /** The router's code file, where it was made by one. */
        plugin: z.string().min(1).optional(),
        /** The encoder, where the router does not say which. */
        encoder: z.string().min(1).optional(),
      }),
    )
    .refine((routes) => Object.keys(routes).length > 0, 'expected at least one route'),
});
/** What is served, as one writes it down. */
export type ServeConfigInput = z.input<typeof serveConfigSchema>;
/** What is served, with every default filled in and paths made absolute. */
export type ServeConfig = z.infer<typeof serveConfigSchema>;

/** A configuration, and what it is relative to. */
export interface FoundConfig {
  config: ServeConfig;
  /** Names it in messages. */
  source: string;
  /** Folder that its paths are relative to. */
  from: string;
  /** Where it was read from; undefined where it was given by flags. */
  file: string | undefined;
}

/** What `serve` may be told without a file. */
export interface ServeFlags {
  config?: string;
  router?: string;
  endpoint?: string[];
  key?: string[];
  port?: number;
  host?: string;
  state?: string;
  /** Serves the sample, with stand-ins for its models. */
  demo?: boolean;
  /** Queries of the sample per minute. */
  traffic?: number;
}

/** Read where no other is named. */
const CONFIG_NAME = 'routeprofile.serve.yaml';

/** All that is wrong, at once. @param meant which names were meant by misspelt ones */
export const serveProblems = (
  source: string,
  details: readonly string[],
  meant: readonly string[] = [],
): RouteProfileError =>
  new RouteProfileError(
    'BAD_OPTION',
    details.length === 1 ? `${source}: ${details[0]}` : `${source}: ${plural(details.length, 'problem')}`,
    { hint: [...meant, 'Correct what is named, and start again.'].join(' '), details },
  );

const ENDPOINT = /^(.+?)=(https?:\/\/[^#\s]+)(?:#(.+))?$/;
const KEY = /^(.+?)=((?:env|file):.+)$/;

/** Endpoints of `CANDIDATE=URL#MODEL`, with the keys of `CANDIDATE=env:NAME`. @throws RouteProfileError that names all that is wrong */
function endpointsOf(endpoints: readonly string[], keys: readonly string[]): ServeConfigInput['endpoints'] {
  const problems: string[] = [];
  const keyOf = new Map<string, string>();
  for (const text of keys) {
    const [, candidate, key] = KEY.exec(text) ?? [];
    if (candidate === undefined || key === undefined)
      problems.push(`--key: expected CANDIDATE=env:NAME or CANDIDATE=file:PATH, never the key itself`);
    else keyOf.set(candidate, key);
  }
  const found = endpoints.flatMap((text) => {
    const [, candidate, baseUrl, model] = ENDPOINT.exec(text) ?? [];
    if (candidate !== undefined && baseUrl !== undefined) {
      const key = keyOf.get(candidate);
      return [{ candidate, baseUrl, wires: ['chat' as const], ...(model && { model }), ...(key && { key }) }];
    }
    problems.push(`--endpoint ${text}: expected CANDIDATE=URL or CANDIDATE=URL#MODEL`);
    return [];
  });
  for (const candidate of keyOf.keys())
    if (found.every((one) => one.candidate !== candidate)) problems.push(`--key: ${candidate} has no --endpoint`);
  if (problems.length > 0) throw serveProblems('serve', problems);
  return found;
}

async function readInput(
  flags: ServeFlags,
): Promise<{ input: unknown; source: string; from: string; file: string | undefined }> {
  const { router, endpoint = [], key = [] } = flags;
  const flagged = router !== undefined || endpoint.length > 0 || key.length > 0;
  const file = flags.config ?? (!flagged && existsSync(CONFIG_NAME) ? CONFIG_NAME : undefined);
  if (file !== undefined) {
    if (flagged)
      throw new RouteProfileError('BAD_OPTION', '--config cannot be given with --router, --endpoint or --key', {
        hint: `Write them into ${file}.`,
      });
    const path = resolve(file);
    return { input: await readConfigFile(path), source: path, from: dirname(path), file: path };
  }
  if (router !== undefined && endpoint.length === 0)
    throw new RouteProfileError('BAD_OPTION', '--router is given, but no --endpoint: there is no model to call', {
      hint: 'Give --endpoint CANDIDATE=URL for each model that may be called, such as --endpoint mistral-small=https://api.mistral.ai/v1.',
    });
  if (router === undefined && endpoint.length > 0)
    throw new RouteProfileError('BAD_OPTION', '--endpoint is given, but no --router: there is nothing to decide with', {
      hint: 'Give --router DIR, such as OUT/routers/… of a run.',
    });
  if (router === undefined)
    throw new RouteProfileError('BAD_OPTION', 'nothing says what is to be served', {
      hint: `Give --router DIR and --endpoint CANDIDATE=URL for each model, or write ${CONFIG_NAME}. To see one work: serve --demo.`,
    });
  const input: ServeConfigInput = { endpoints: endpointsOf(endpoint, key), routes: { default: { router } } };
  return { input, source: 'serve', from: process.cwd(), file: undefined };
}

/**
 * A configuration with every default filled in, and absolute paths.
 * @param from folder that its paths are relative to
 * @param file where it was read from
 * @throws RouteProfileError BAD_OPTION that names all that is wrong
 */
export function checkServeConfig(input: unknown, source: string, from: string, file?: string): FoundConfig {
  const parsed = serveConfigSchema.safeParse(input);
  if (!parsed.success) {
    const { issues } = parsed.error;
    throw serveProblems(source, issues.map(issueText), meantNames(serveConfigSchema, issues));
  }
  const config = parsed.data;
  for (const route of Object.values(config.routes)) {
    route.router = resolve(from, route.router);
    // Any other is the name of a package.
    if (route.plugin !== undefined && /^\.{1,2}[\\/]/.test(route.plugin)) route.plugin = resolve(from, route.plugin);
  }
  if (config.state.kind === 'journal') config.state.dir = resolve(from, config.state.dir);
  return { config, source, from, file };
}

/**
 * The configuration that a file or the flags give.
 * @throws RouteProfileError BAD_OPTION that names all that is wrong; and what reading a file throws
 */
export async function openServeConfig(flags: ServeFlags): Promise<FoundConfig> {
  const { input, source, from, file } = await readInput(flags);
  const found = checkServeConfig(input, source, from, file);
  const { config } = found;
  if (flags.port !== undefined) config.listen.port = flags.port;
  if (flags.host !== undefined) config.listen.host = flags.host;
  if (flags.state !== undefined) config.state = { kind: 'journal', dir: resolve(flags.state) };
  return found;
}
