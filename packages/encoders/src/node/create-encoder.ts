import { contentsOf, STATIC_VERSION } from '@routeprofile/encoder-static';
import { loadStatic, staticFiles } from '@routeprofile/encoder-static/node';
import { openAiHome } from '@routeprofile/providers';
import {
  parseOptions,
  parseNamedReference,
  RouteProfileError,
  unknownName,
  z,
  type Encoder,
  type Logger,
} from '@routeprofile/schema';
import { HASH_VERSION, createHashEncoder, hashOptionsSchema } from '../hash/hash-encoder.js';
import { createOpenAiEncoder, openAiId, openAiOptionsSchema } from '../openai/openai-encoder.js';
import { assembleStatic, STATIC_HASH_VERSION } from '../static/static-hash.js';
import { HASHED_DIMENSIONS } from '../unseen/hashed-block.js';
import { USE_LITE_HASH_VERSION, USE_LITE_VERSION } from '../use-lite/encoder.js';
import { WINDOW_POLICIES } from '../use-lite/windows.js';
import { openNpzEncoder, npzOptionsSchema } from './npz-encoder.js';
import { openTransformersEncoder, transformersOptionsSchema } from './transformers-encoder.js';
import { openNodeUseLite } from './use-lite-node.js';
import { storedDimensions } from './vector-store.js';
import { withCache } from './with-cache.js';

/** Where `createEncoder` keeps vectors and finds settings. */
export interface CreateEncoderOptions {
  /** Cache folder; without one nothing is kept. `static`, `static-hash`, `hash` and `npz` need none and leave it alone. */
  cache?: string;
  /** Threads of `use-lite` and `use-lite-hash`. Default: ROUTEPROFILE_THREADS, else one a core. */
  threads?: number;
  /** Whether they leave the calling thread free even of small jobs, as a server needs it. Default false. */
  keepFree?: boolean;
  /** Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  logger?: Logger;
  /** How optional packages are imported. For tests. */
  load?: (specifier: string) => Promise<unknown>;
}

/** What stands between the name and the options: `openai:ARGUMENT:batch=64`. */
interface Request {
  argument: string;
  options: Record<string, unknown>;
  settings: CreateEncoderOptions;
}

/** An encoder that `createEncoder` knows by name. */
export interface BuiltInEncoder {
  /** The word before the first colon, such as `npz`. */
  name: string;
  /** How it is written, such as `npz:FILE`. */
  usage: string;
  /** One line for listings. */
  summary: string;
  /** What may follow the name as `:option=value`. */
  options: z.ZodType<Record<string, unknown>>;
  /** Whether its code and weights come with the packages, so that without an argument it reads no other file and asks nobody. */
  worksAlone: boolean;
}

const useLiteOptionsSchema = z.strictObject({
  window: z.enum(WINDOW_POLICIES).default('mean'),
  /** Windows of a text at most, where all of it is read. */
  windows: z.number().int().min(2).max(1_000).optional(),
});
const hashedSchema = z.number().int().min(8).max(65_536).default(HASHED_DIMENSIONS);
const useLiteHashOptionsSchema = useLiteOptionsSchema.extend({ hashed: hashedSchema });
const staticOptionsSchema = z.strictObject({
  /** The checksum of FILE, as ids have it; must be the file's. */
  contents: z.string().optional(),
});
const staticHashOptionsSchema = staticOptionsSchema.extend({ hashed: hashedSchema });

const BUILT_IN: readonly (BuiltInEncoder & { create(request: Request): Promise<Encoder> })[] = [
  {
    name: 'static-hash',
    usage: 'static-hash',
    summary: `static with ${HASHED_DIMENSIONS} extra numbers that tell apart texts in scripts it cannot read (the default)`,
    options: staticHashOptionsSchema,
    worksAlone: true,
    async create({ argument, options }) {
      const own = parseOptions({ name: 'static-hash', options: staticHashOptionsSchema }, options);
      return openStatic(argument, own);
    },
  },
  {
    name: 'static',
    usage: 'static',
    summary:
      'piece vectors taught by use-lite, hundreds of times faster: English, 512 dimensions; static:FILE for vectors of `encoder fit`',
    options: staticOptionsSchema,
    worksAlone: true,
    async create({ argument, options }) {
      return openStatic(argument, parseOptions({ name: 'static', options: staticOptionsSchema }, options));
    },
  },
  {
    name: 'use-lite-hash',
    usage: 'use-lite-hash',
    summary: `use-lite with ${HASHED_DIMENSIONS} extra numbers that tell apart texts in scripts it cannot read`,
    options: useLiteHashOptionsSchema,
    worksAlone: true,
    async create({ argument, options, settings }) {
      refuseArgument('use-lite-hash', argument);
      return openUseLite(parseOptions({ name: 'use-lite-hash', options: useLiteHashOptionsSchema }, options), settings);
    },
  },
  {
    name: 'use-lite',
    usage: 'use-lite',
    summary: 'Universal Sentence Encoder lite, embedded: English, 512 dimensions, windows of 128 tokens',
    options: useLiteOptionsSchema,
    worksAlone: true,
    async create({ argument, options, settings }) {
      refuseArgument('use-lite', argument);
      return openUseLite(parseOptions({ name: 'use-lite', options: useLiteOptionsSchema }, options), settings);
    },
  },
  {
    name: 'hash',
    usage: 'hash',
    summary: 'feature hashing of words and character n-grams: instant, needs no model, does not know meanings',
    options: hashOptionsSchema,
    worksAlone: true,
    async create({ argument, options }) {
      refuseArgument('hash', argument);
      return createHashEncoder(parseOptions({ name: 'hash', options: hashOptionsSchema }, options));
    },
  },
  {
    name: 'npz',
    usage: 'npz:FILE',
    summary: 'vectors by text from FILE (NAME.npz and NAME.json), made elsewhere',
    options: npzOptionsSchema,
    worksAlone: false,
    async create({ argument, options }) {
      if (argument === '')
        throw new RouteProfileError('BAD_OPTION', 'npz: names no file', { hint: 'Write npz:vectors.npz.' });
      return openNpzEncoder(argument, parseOptions({ name: 'npz', options: npzOptionsSchema }, options));
    },
  },
  {
    name: 'openai',
    usage: 'openai:MODEL',
    summary: 'any OpenAI-compatible /embeddings endpoint (OPENAI_BASE_URL, OPENAI_API_KEY)',
    options: openAiOptionsSchema,
    worksAlone: false,
    async create({ argument, options, settings }) {
      const { env = process.env, cache, signal, logger } = settings;
      const endpoint = {
        model: argument,
        ...openAiHome(env),
        options: parseOptions({ name: 'openai', options: openAiOptionsSchema }, options),
        signal,
      };
      const { id } = openAiId(endpoint);
      const knownDimensions = cache === undefined ? undefined : await storedDimensions(cache, id);
      const encoder = await createOpenAiEncoder({ ...endpoint, knownDimensions });
      return cache === undefined ? encoder : withCache(encoder, cache, { logger });
    },
  },
  {
    name: 'transformers',
    usage: 'transformers:MODEL',
    summary: 'a sentence encoder of @huggingface/transformers, if that is installed',
    options: transformersOptionsSchema,
    worksAlone: false,
    async create({ argument, options, settings: { cache, load, logger } }) {
      const encoder = await openTransformersEncoder({
        model: argument,
        options: parseOptions({ name: 'transformers', options: transformersOptionsSchema }, options),
        load,
      });
      return cache === undefined ? encoder : withCache(encoder, cache, { logger });
    },
  },
];

/** The encoders `createEncoder` knows, for `--help`, `doctor` and `plugins`. */
export const builtInEncoders: readonly BuiltInEncoder[] = BUILT_IN.map(
  ({ name, usage, summary, options, worksAlone }) => ({
    name,
    usage,
    summary,
    options,
    worksAlone,
  }),
);
/** The names of `builtInEncoders`. */
export const encoderNames: readonly string[] = builtInEncoders.map(({ name }) => name);

const VERSIONS: Readonly<Record<string, string>> = {
  'use-lite-hash': USE_LITE_HASH_VERSION,
  'use-lite': USE_LITE_VERSION,
  'static-hash': STATIC_HASH_VERSION,
  static: STATIC_VERSION,
  hash: HASH_VERSION,
};

/** @param argument a file's path; empty for the vectors that come with the packages */
async function openStatic(argument: string, options: { contents?: string; hashed?: number }): Promise<Encoder> {
  const files = staticFiles(argument === '' ? undefined : argument);
  const model = await loadStatic(files);
  const contents = contentsOf(model.file.checksum);
  if (options.contents !== undefined && options.contents !== contents)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `${argument || files.name}: its contents are ${contents}, expected ${options.contents}`,
      {
        hint: 'These are not the vectors the router was made with.',
      },
    );
  return assembleStatic(model, files.name, options.hashed);
}

/** @throws RouteProfileError BAD_OPTION when a bound on windows is given where one window is read anyway. */
function openUseLite(
  { windows, ...options }: z.infer<typeof useLiteOptionsSchema> & { hashed?: number },
  settings: CreateEncoderOptions,
): Promise<Encoder> {
  if (windows !== undefined && options.window !== 'mean')
    throw new RouteProfileError('BAD_OPTION', `windows=${windows} and window=${options.window} do not go together`, {
      hint: `window=${options.window} reads one window of each text: leave one of the two out.`,
    });
  return openNodeUseLite({ ...options, windowsPerText: windows, ...settings });
}

/**
 * An encoder by its reference: `static-hash`, `static`, `use-lite:window=head`, `hash:dimensions=256`, `npz:FILE`, `openai:MODEL`,
 * `transformers:MODEL:pooling=cls`. An encoder's own `id` is such a reference too, so a router finds its encoder again.
 * @throws RouteProfileError UNKNOWN_NAME, BAD_OPTION, and whatever the encoder's own making may throw.
 */
export async function createEncoder(reference: string, settings: CreateEncoderOptions = {}): Promise<Encoder> {
  const { name: head, options } = parseNamedReference(reference);
  const [, named = '', version, argument = ''] = /^([^:@]*)(?:@([^:]*))?(?::(.*))?$/s.exec(head) ?? [];
  const found = BUILT_IN.find(({ name }) => name === named);
  if (!found)
    throw unknownName(`there is no encoder called '${named || head}'`, {
      written: named || head,
      names: encoderNames,
      hint: `Known are ${builtInEncoders.map(({ usage }) => usage).join(', ')}.`,
    });
  if (version !== undefined && version !== VERSIONS[named])
    throw new RouteProfileError(
      'UNSUPPORTED',
      `encoder ${named}: version ${version} was asked for, but the installed one is ${VERSIONS[named] ?? 'without versions'}`,
      {
        hint: `Make the profiles and the router again with ${named}.`,
      },
    );
  return found.create({ argument, options, settings });
}

function refuseArgument(name: string, argument: string): void {
  if (argument !== '')
    throw new RouteProfileError('BAD_OPTION', `${name}: does not take '${argument}'`, {
      hint: `Write ${name} or ${name}:option=value.`,
    });
}
