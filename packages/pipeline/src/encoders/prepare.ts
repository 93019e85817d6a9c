import { createEncoder } from '@routeprofile/encoders/node';
import {
  buildGraph,
  encodeNodes,
  GRAPH_PRESETS,
  toHetero,
  type GraphPreset,
  type ProfileGraph,
} from '@routeprofile/graph';
import {
  RouteProfileError,
  unknownName,
  withoutPrefixes,
  type Dataset,
  type Encoder,
  type HeteroGraph,
  type Matrix,
  type NodeFeatures,
  type RunContext,
} from '@routeprofile/schema';
import { pluginEncoder } from '../plugins/plugin-encoder.js';
import { resolveEncoderPlugin } from '../plugins/plugins.js';
import { byPerson, trustedEncoder, worksAlone, type GivenEncoder, type TrustedName } from '../plugins/trust.js';
import { memoryEncoder } from './memory-encoder.js';

export interface EncoderOptions {
  /** Embedding cache folder. */
  cache: string;
  threads?: number | undefined;
  /** Folder that plugin paths are relative to. */
  from?: string | undefined;
  /** Seconds without a sign of life after which a plugin counts as hanging. */
  silence?: number;
  /** Texts whose vectors are kept in memory. Default: all. */
  remembers?: number;
}

/** Where no config says otherwise; the same as a run's default. */
const PLUGIN_SILENCE = 120;

/** `C:\\path`, `file:…` and `name:argument` all hold a colon; the argument's is the first after the name. */
function splitArgument(id: TrustedName): [name: TrustedName, argument: string | undefined] {
  const colon = id.indexOf(':', /^([A-Za-z]:[\\/]|file:)/.test(id) ? 5 : 0);
  return colon === -1 ? [id, undefined] : [byPerson(id.slice(0, colon)), id.slice(colon + 1)];
}

const unlessUnknown = (error: unknown): undefined => {
  if (RouteProfileError.isInstance(error) && error.code === 'UNKNOWN_NAME') return undefined;
  throw error;
};

/** What `rawEncoder` is told. */
interface RawOptions extends Partial<EncoderOptions> {
  /** Leaves the calling thread free even of small jobs. */
  keepFree?: boolean;
}

/** An encoder that remembers nothing but what a cache folder holds, if one is named. */
async function rawEncoder(
  id: TrustedName,
  { cache, threads, keepFree, from = process.cwd(), silence = PLUGIN_SILENCE }: RawOptions,
  ctx: RunContext,
): Promise<Encoder> {
  try {
    return await createEncoder(id, {
      ...(cache !== undefined && { cache }),
      ...(threads !== undefined && { threads }),
      ...(keepFree !== undefined && { keepFree }),
      ...(ctx.signal && { signal: ctx.signal }),
      ...(ctx.logger && { logger: ctx.logger }),
    });
  } catch (error) {
    if (!RouteProfileError.isInstance(error) || error.code !== 'UNKNOWN_NAME') throw error;
    const [name, argument] = splitArgument(id);
    if (!(await resolveEncoderPlugin(name, from).catch(unlessUnknown))) throw error;
    return pluginEncoder(name, argument, { from, silence }, ctx);
  }
}

/**
 * A built-in encoder, or a plugin's in a thread of its own. `name:argument` hands the argument on.
 * @throws RouteProfileError UNKNOWN_NAME, and whatever making the encoder may throw
 */
export const openEncoder = async (id: TrustedName, options: EncoderOptions, ctx: RunContext): Promise<Encoder> =>
  memoryEncoder(await rawEncoder(id, options, ctx), options.remembers);

/** @throws RouteProfileError BAD_OPTION for another encoder than the saved one, which is disposed of */
async function matching(saved: string, given: GivenEncoder, file: string, encoder: Encoder): Promise<Encoder> {
  if (encoder.id === saved) return encoder;
  await encoder.dispose?.();
  throw new RouteProfileError('BAD_OPTION', `${file} was made with the encoder ${saved}, not with ${encoder.id}`, {
    hint: given.flag === undefined ? `Name the encoder: --encoder ${saved}` : 'Omit --encoder, or name that encoder.',
  });
}

/**
 * The encoder of a saved router or profile set, by the name in its file where that works alone, else by the one that was given.
 * @param saved what the file says its vectors were made with
 * @param file names it in errors
 * @throws RouteProfileError BAD_OPTION when nobody named an encoder that has to be named, or another one was named
 */
export async function openSavedEncoder(
  saved: string,
  given: GivenEncoder,
  file: string,
  options: EncoderOptions,
  ctx: RunContext,
): Promise<Encoder> {
  return matching(saved, given, file, await openEncoder(trustedEncoder(saved, given, file), options, ctx));
}

/**
 * The encoder of a saved router for a server: it leaves the calling thread free and keeps nothing, neither on disk nor in memory.
 * @throws RouteProfileError as `openSavedEncoder`
 */
export async function openServedEncoder(
  saved: string,
  given: GivenEncoder,
  file: string,
  ctx: RunContext,
): Promise<Encoder> {
  const name = trustedEncoder(saved, given, file);
  const encoder = await matching(saved, given, file, await rawEncoder(name, { keepFree: true }, ctx));
  // Its threads start now: that takes longer than a request may. What asks a server is not asked before it is needed.
  if (worksAlone(saved)) await encoder.encode([''], ctx);
  return encoder;
}

/** @throws RouteProfileError UNKNOWN_NAME listing the presets. */
export function graphPreset(name: string): GraphPreset {
  const names = Object.keys(GRAPH_PRESETS) as GraphPreset[];
  const preset = names.find((known) => known === name);
  if (preset === undefined)
    throw unknownName(`there is no graph called ${name}`, {
      written: name,
      names,
      hint: `Graphs: ${names.join(', ')}.`,
    });
  return preset;
}

/** The encoder as a dataset's texts are read by it: without the beginnings that many training queries share. */
export const readingEncoder = (encoder: Encoder, { sharedPrefixes = [] }: Pick<Dataset, 'sharedPrefixes'>): Encoder =>
  withoutPrefixes(encoder, sharedPrefixes);

/**
 * A dataset's graph by name.
 * @param say is told what the graph leaves out, a sentence each
 * @throws RouteProfileError UNKNOWN_NAME listing the presets
 */
export function namedGraph(dataset: Dataset, name: string, say?: (note: string) => void): ProfileGraph {
  const graph = buildGraph(dataset, { preset: graphPreset(name) });
  for (const note of graph.getAttribute('notes')) say?.(`graph ${name}: ${note}`);
  return graph;
}

/** The same, as profiles read it. */
export const heteroGraph = (dataset: Dataset, name: string, say?: (note: string) => void): HeteroGraph =>
  toHetero(namedGraph(dataset, name, say));

export interface Encoded {
  train: Matrix;
  test: Matrix;
  features: ReadonlyMap<HeteroGraph, NodeFeatures>;
}

/** Everything a run encodes, in one pass, so that each distinct text is encoded once and one bar tells of it. */
export async function encodeAll(
  dataset: Dataset,
  graphs: readonly HeteroGraph[],
  encoder: Encoder,
  ctx: RunContext,
): Promise<Encoded> {
  const train = dataset.train.queries.map((query) => query.text);
  const test = dataset.test.queries.map((query) => query.text);
  const nodes = graphs.flatMap((graph) => graph.nodes.flatMap((set) => set.texts));
  await encoder.encode([...new Set([...train, ...test, ...nodes])], ctx);
  const features = new Map<HeteroGraph, NodeFeatures>();
  for (const graph of graphs) features.set(graph, await encodeNodes(graph, encoder, ctx));
  return { train: await encoder.encode(train, ctx), test: await encoder.encode(test, ctx), features };
}
