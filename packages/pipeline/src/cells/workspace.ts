import { assertEvaluable, hashBytes, hashJson, loadDataset } from '@routeprofile/data';
import { shareWork } from '@routeprofile/routers';
import type { Dataset, Encoder, HeteroGraph, ProfileSet, RunContext, SharedWork } from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache-folder.js';
import { packageVersions } from '../versions.js';
import { byPerson } from '../plugins/trust.js';
import { openBackend } from '../backend.js';
import { cellStore, type CellStore } from './cell-store.js';
import { keptFiles, type CellFiles, type KeptFiles } from './kept.js';
import { cellName } from '../labels.js';
import { assertLearnable } from './learnable.js';
import { loadOptions } from '../config/load-options.js';
import type { Cell, Plan } from './plan.js';
import { encodeAll, heteroGraph, openEncoder, readingEncoder, type Encoded } from '../encoders/prepare.js';
import { rephrase, type Rephrased } from './rephrase.js';

/** A profile set, and where it is kept. */
export interface BuiltProfiles {
  set: ProfileSet;
  file: CellFiles['profiles'];
}

/** What every cell of a run shares: the dataset, its graphs, and everything encoded. */
export interface Workspace {
  plan: Plan;
  dataset: Dataset;
  encoder: Encoder;
  graphs: ReadonlyMap<string, HeteroGraph>;
  /** What the graphs leave out, a sentence each. */
  graphNotes: readonly string[];
  encoded: Encoded;
  /** What the cells' fits on the training queries share. */
  work: SharedWork;
  /** Rephrased test queries, where the run wants to know what rephrasing changes. */
  rephrased: Rephrased[];
  cells: CellStore;
  kept: KeptFiles;
  versions: Record<string, string>;
  /** Hash of all that a cell may learn from and answer; labels of test rows are not part of it. */
  dataKey: string;
  /** Profile sets made so far, by profile and seed. */
  profiles: Map<string, Promise<BuiltProfiles>>;
  seconds: { load: number; encode: number };
}

/** Test labels change no choice, so the same rows graded anew reuse the cells. */
function dataKeyOf(dataset: Dataset): string {
  const { candidates, cards, newModels, train, test } = dataset;
  const outcomes = train.outcomes && (Object.values(train.outcomes) as Float64Array[]);
  return hashJson({
    candidates,
    newModels,
    cards: cards.map((card) => ({ ...card, scores: [...card.scores] })),
    queries: train.queries.map(({ text, task }) => [text, task]),
    pairs: train.pairs,
    outcomes: outcomes?.map((column) => hashBytes(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))),
    test: test.queries.map(({ text, task }) => [text, task]),
  });
}

export interface WorkspaceOptions {
  /** Where cells and intermediate results lie; default the run's own folder. */
  shared?: string;
  /** Threads of the encoder; default all cores. */
  encoderThreads?: number;
  /** How a saved router reads queries; default the config's encoder, and the beginnings that the dataset's queries share. */
  read?: { open: () => Promise<Encoder>; sharedPrefixes: readonly string[] };
  /** What was read already, and an encoder that reads as the dataset's texts are read; default the config's data and encoder. */
  given?: { dataset: Dataset; encoder: Encoder };
  /** Looks at the dataset before anything is encoded or trained, and throws when it will not do. */
  check?: (dataset: Dataset) => void;
}

/** Loads, builds and encodes what the plan needs. Dispose of its encoder when done. */
export async function openWorkspace(
  plan: Plan,
  ctx: RunContext,
  { shared, encoderThreads, read, given, check }: WorkspaceOptions = {},
): Promise<Workspace> {
  const { config } = plan;
  if (config.backend !== undefined) await openBackend(config.backend);
  const started = performance.now();
  // Without the logger: the report carries the dataset's warnings, once is enough.
  const loadedData =
    given?.dataset ??
    (await loadDataset(config.data, { ...loadOptions(config), ...(ctx.signal && { signal: ctx.signal }) }));
  check?.(loadedData);
  assertEvaluable(loadedData);
  const dataset = read ? { ...loadedData, sharedPrefixes: read.sharedPrefixes } : loadedData;
  assertLearnable(dataset, plan.routers);
  const cache = config.cache ?? defaultCacheFolder();
  const openOwn = () =>
    openEncoder(
      byPerson(config.encoder),
      { cache, silence: config.pluginTimeout, ...(encoderThreads !== undefined && { threads: encoderThreads }) },
      ctx,
    );
  const encoder = given?.encoder ?? readingEncoder(await (read ? read.open() : openOwn()), dataset);
  try {
    const graphs = new Map<string, HeteroGraph>();
    const graphNotes: string[] = [];
    for (const { graph } of plan.profiles)
      if (!graphs.has(graph))
        graphs.set(
          graph,
          heteroGraph(dataset, graph, (note) => graphNotes.push(note)),
        );
    const featured = new Set(
      plan.profiles.filter(({ strategy }) => strategy.needs.includes('features')).map(({ graph }) => graph),
    );
    const loaded = performance.now();
    const encoded = await encodeAll(
      dataset,
      [...featured].map((name) => graphs.get(name)!),
      encoder,
      ctx,
    );
    const rephrased = config.robustness === undefined ? [] : await rephrase(dataset, config.robustness, encoder, ctx);
    return {
      plan,
      dataset,
      encoder,
      graphs,
      graphNotes,
      encoded,
      work: shareWork(encoded.train),
      rephrased,
      cells: cellStore(shared ?? config.out, (message) => ctx.logger?.warn(message)),
      kept: keptFiles(shared ?? config.out),
      versions: packageVersions(),
      dataKey: dataKeyOf(dataset),
      profiles: new Map(),
      seconds: { load: (loaded - started) / 1000, encode: (performance.now() - loaded) / 1000 },
    };
  } catch (error) {
    await encoder.dispose?.();
    throw error;
  }
}

export const cellLabel = ({ plan }: Pick<Workspace, 'plan'>, cell: Cell): string =>
  cellName(plan.profiles[cell.profile]!.label, plan.routers[cell.router]!.label);
